"""
Lists inventories like `ansible-inventory --list`, but many in one process, which takes 10 ms each instead of a second.
Reads one path per line; writes one line of JSON for each: the list, or null if Ansible refuses the file.
"""
import sys

from ansible.cli.inventory import InventoryCLI
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.manager import VariableManager

cli = InventoryCLI(["ansible-inventory", "--list"])
cli.parse()

for line in sys.stdin:
    path = line.rstrip("\n")
    cli.loader = DataLoader()
    cli.loader.set_basedir(path.rpartition("/")[0])
    try:
        cli.inventory = InventoryManager(loader=cli.loader, sources=[path])
        cli.vm = VariableManager(loader=cli.loader, inventory=cli.inventory, version_info=None)
        listed = cli.dump(cli.json_inventory(cli._get_group("all")))
    except AnsibleError as error:
        if "No inventory was parsed" not in str(error):
            raise
        listed = "null"
    print(listed.replace("\n", " "), flush=True)
