"""What a command may have done by the running server, by name."""

from server.commands.bringing import bring_file
from server.control import Deed
from server.inbox.delivery import deliver_file
from server.inbox.parked import drop_parked, retry_parked
from server.people.adding import add_person
from server.setup.codes import give_code

DEEDS: dict[str, Deed] = {
    "user add": add_person,
    "setup code": give_code,
    "inbox deliver": deliver_file,
    "inbox retry": retry_parked,
    "inbox drop": drop_parked,
    "import": bring_file,
}
