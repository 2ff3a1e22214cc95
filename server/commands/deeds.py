"""What a command may have done by the running server, by name."""

from server.commands.bringing import bring_file
from server.control import Deed
from server.inbox.delivery import deliver_file
from server.people.adding import add_person
from server.setup.codes import give_code

DEEDS: dict[str, Deed] = {
    "user add": add_person,
    "setup code": give_code,
    "inbox deliver": deliver_file,
    "import": bring_file,
}
