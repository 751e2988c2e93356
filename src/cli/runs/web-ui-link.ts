/** The page of a run in the Web UI. Every character of an id that a shell or a browser could read otherwise is encoded. */
export function webUiLink(uiUrl: string, workflowId: string, temporalRunId?: string): string {
  const path = [workflowId, ...(temporalRunId === undefined ? [] : [temporalRunId])].map(encoded).join('/');
  return `${uiUrl}/namespaces/default/workflows/${path}`;
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  );
}
