"""The script that many write: a thread for each server in work, paramiko, one command after the other."""

import argparse
from concurrent.futures import ThreadPoolExecutor

import paramiko

parser = argparse.ArgumentParser()
parser.add_argument("--parallel", type=int)
parser.add_argument("--port", type=int)
parser.add_argument("--user")
parser.add_argument("--key")
parser.add_argument("--known-hosts")
parser.add_argument("hosts")
parser.add_argument("commands", nargs="+")
options = parser.parse_args()
known_hosts = paramiko.HostKeys(options.known_hosts)


def measure(host):
    with paramiko.SSHClient() as client:
        name = f"[{host}]:{options.port}"
        for kind, key in known_hosts.lookup(name).items():
            client.get_host_keys().add(name, kind, key)
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        login = {"username": options.user, "key_filename": options.key}
        client.connect(host, options.port, **login, allow_agent=False, look_for_keys=False)
        return [output_of(client, command) for command in options.commands]


def output_of(client, command):
    _, stdout, _ = client.exec_command(command)
    output = stdout.read().decode()
    status = stdout.channel.recv_exit_status()
    if status != 0:
        raise RuntimeError(f"{command}: exit status {status}")
    return output


with open(options.hosts) as file:
    hosts = file.read().split()
with ThreadPoolExecutor(max_workers=options.parallel) as pool:
    for host, outputs in zip(hosts, pool.map(measure, hosts)):
        print(host, *outputs)
