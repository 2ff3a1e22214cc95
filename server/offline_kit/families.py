"""How the files of a page hang together, and the places where Jinja's names would cross between them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from jinja2 import nodes

from server.offline_kit.reading import MacroAt, TemplateFile, file_of, text_of
from server.offline_kit.refusal import refused

PLAIN_DEFAULTS = nodes.Const | nodes.List


@dataclass
class TemplateSet:
    """All templates by name, read further when a page first needs them."""

    trees: Mapping[str, nodes.Template]
    files: dict[str, TemplateFile] = field(default_factory=dict)

    def file(self, name: str) -> TemplateFile:
        if name not in self.files:
            self.files[name] = file_of(name, self.trees[name])
        return self.files[name]

    def known(self, name: str, node: nodes.Node | int, naming_file: str) -> TemplateFile:
        if name not in self.trees:
            raise refused(naming_file, node, f"there is no web/{name}")
        return self.file(name)

    def chain(self, name: str) -> list[TemplateFile]:
        """The file, what it extends, and so on down to the layout."""
        files = [self.known(name, 1, name)]
        while (parent := files[-1].parent) is not None:
            if any(file.name == parent for file in files):
                raise refused(files[-1].name, 1, f"{parent} extends itself")
            files.append(self.known(parent, 1, files[-1].name))
        return files

    def macro(self, at: MacroAt, node: nodes.Node, calling_file: str) -> tuple[TemplateFile, nodes.Macro]:
        file = self.known(at.file_name, node, calling_file)
        if at.file_name != calling_file and not file.holds_only_macros:
            raise refused(calling_file, node, f"web/{at.file_name} holds more than macros, so it cannot be imported")
        if at.name not in file.macros:
            raise refused(calling_file, node, f"web/{at.file_name} has no macro {at.name}")
        macro = file.macros[at.name]
        for default in macro.defaults:
            if not isinstance(default, PLAIN_DEFAULTS) or (isinstance(default, nodes.List) and default.items):
                raise refused(file.name, default, "a default is a plain value or an empty list")
        return file, macro

    def check_family(self, page: str) -> None:
        """Refuses what Jinja would look up across files: its names travel with the record, ours stay in their file."""
        family = list(self._family(page))
        bound: dict[str, MacroAt | str] = {}
        for file in family:
            self._check_blocks(file)
            self._check_imports(file)
            meanings: dict[str, MacroAt | str] = {**file.callables, **file.modules}
            for name, meaning in meanings.items():
                if bound.setdefault(name, meaning) != meaning:
                    raise refused(file.name, 1, f"{name} means something else in another file of the page {page}")
        for file in family:
            for read in _names_read(file):
                if read.name in bound and read.name not in file.callables and read.name not in file.modules:
                    raise refused(file.name, read, f"{read.name} is a macro in another file of the page {page}")

    def _family(self, page: str) -> Iterator[TemplateFile]:
        """Everything that is given the page's record: by extends and by include, each once."""
        seen, waiting = set(), [page]
        while waiting:
            for file in self.chain(waiting.pop()):
                if file.name in seen:
                    continue
                seen.add(file.name)
                yield file
                for include in file.tree.find_all(nodes.Include):
                    name = text_of(include.template, file.name)
                    self.known(name, include, file.name)
                    waiting.append(name)

    def _check_blocks(self, file: TemplateFile) -> None:
        if file.parent is None:
            return
        known = {block for parent in self.chain(file.name)[1:] for block in parent.blocks}
        for node in file.body:
            if isinstance(node, nodes.Block) and node.name not in known:
                raise refused(file.name, node, f"no file it extends has a block {node.name}")

    def _check_imports(self, file: TemplateFile) -> None:
        for node in file.tree.body:
            if isinstance(node, nodes.Import | nodes.FromImport):
                self.known(text_of(node.template, file.name), node, file.name)
        for name, at in file.callables.items():
            if at.file_name != file.name:
                self.macro(at, file.tree, file.name)
            elif name in file.macros:
                self.macro(at, file.macros[name], file.name)


def _names_read(file: TemplateFile) -> Iterator[nodes.Name]:
    """Names that might be the record's; those of macros are arguments, which their writer has checked."""
    for node in file.body:
        yield from node.find_all(nodes.Name)
