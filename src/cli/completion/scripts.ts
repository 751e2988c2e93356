export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** The line that asks for the names of files, among the lines of `text<TAB>what`. */
export const FILES = ':files';

/** A script that asks `command` for the words that can come next. Words are split at blanks, without quotes. */
export function completionScript(shell: Shell, command: string): string {
  return { bash, zsh, fish }[shell](command);
}

/** bash completes only what follows the last of its COMP_WORDBREAKS, such as a colon in the id of a run; @ is kept. */
function bash(command: string): string {
  return `# fleetmark: completion for bash
_fleetmark() {
  local line=\${COMP_LINE:0:COMP_POINT} last=\${COMP_WORDS[COMP_CWORD]} text words
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  local word=\${words[\${#words[@]} - 1]}
  [[ -n $last && -z \${last//["$COMP_WORDBREAKS"]/} ]] && last=
  local kept=\${word%"$last"}
  kept=\${kept%@}
  COMPREPLY=()
  while IFS=$'\\t' read -r text _; do
    if [[ $text == ${FILES} ]]; then compopt -o default; else COMPREPLY+=("\${text#"$kept"}"); fi
  done < <(${command} -- "\${words[@]:1}" 2> /dev/null)
}
complete -F _fleetmark fleetmark
`;
}

function zsh(command: string): string {
  return `# fleetmark: completion for zsh
_fleetmark() {
  local text what files=
  local -a texts lines
  while IFS=$'\\t' read -r text what; do
    if [[ $text == ${FILES} ]]; then files=1; else texts+=("$text") lines+=("$text\${what:+  -- $what}"); fi
  done < <(${command} -- "\${(@Q)words[2,CURRENT]}" 2> /dev/null)
  (( $#texts )) && compadd -l -d lines -a texts
  [[ -n $files ]] && _files
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _fleetmark fleetmark
`;
}

function fish(command: string): string {
  return `# fleetmark: completion for fish
function __fleetmark_complete
  set -l words (commandline -opc)
  set -l word (commandline -ct)
  set -e words[1]
  for line in (${command} -- $words "$word" 2> /dev/null)
    if test "$line" = ${FILES}
      __fish_complete_path "$word"
    else
      echo $line
    end
  end
end
complete -c fleetmark -f -a '(__fleetmark_complete)'
`;
}
