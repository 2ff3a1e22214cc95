/**
 * Says as JSON how the JavaScript files named on standard input (one a line) are built:
 * what each imports, where its functions begin and how many lines they take, its classes, names it leans on,
 * catches that keep silent, and the words it asks a translation for.
 */

import { readFileSync } from "node:fs";
import { parse } from "acorn";
import { ancestor } from "acorn-walk";

/** A scene is a list of tests, not a function someone has to hold in mind. */
const SCENES = new Set(["describe", "suite"]);
const NAMING = new Set(["Property", "VariableDeclarator", "MethodDefinition"]);

/** @param {string} path */
function shapeOf(path) {
  const shape = {
    imports: [],
    functions: [],
    classes: [],
    exports: [],
    names: [],
    silent_catches: [],
    texts: [],
    unreadable: "",
  };
  const text = readFileSync(path, "utf8");
  try {
    ancestor(parse(text, { ecmaVersion: "latest", sourceType: "module", locations: true }), visitors(shape));
  } catch (problem) {
    if (!(problem instanceof SyntaxError)) throw problem;
    shape.unreadable = problem.message;
  }
  return shape;
}

function visitors(shape) {
  // A function with a name of its own is measured by itself and not once more with what is around it.
  const within = new Map();
  const measured = (node, _state, ancestors) => {
    const parent = ancestors.at(-2);
    const around = ancestors.slice(0, -1).findLast((outer) => /Function/.test(outer.type));
    if (around && isNamed(node, parent)) within.set(around, (within.get(around) ?? 0) + linesOf(node));
    if (parent?.type === "CallExpression" && SCENES.has(parent.callee.name)) return;
    const lines = linesOf(node) - (within.get(node) ?? 0);
    shape.functions.push({ name: node.id?.name ?? nameFrom(parent), line: node.loc.start.line, lines });
  };
  return {
    FunctionDeclaration: measured,
    FunctionExpression: measured,
    ArrowFunctionExpression: measured,
    ClassDeclaration: (node) => shape.classes.push(node.id?.name ?? "default"),
    ImportDeclaration: (node) => shape.imports.push(node.source.value),
    ImportExpression: (node) => shape.imports.push(node.source.value ?? "(computed)"),
    ExportAllDeclaration: (node) => shape.imports.push(node.source.value),
    ExportNamedDeclaration: (node) => exported(node, shape),
    Identifier: (node) => shape.names.push(node.name),
    MemberExpression: (node) => {
      if (node.object.type === "Identifier") shape.names.push(`${node.object.name}.${node.property.name}`);
    },
    NewExpression: (node) => {
      if (node.callee.name === "Date" && node.arguments.length === 0) shape.names.push("new Date()");
    },
    CatchClause: (node) => {
      if (node.body.body.length === 0) shape.silent_catches.push(node.loc.start.line);
    },
    CallExpression: (node) => called(node, shape),
  };
}

function isNamed(node, parent) {
  return node.type === "FunctionDeclaration" || NAMING.has(parent?.type);
}

const linesOf = (node) => node.loc.end.line - node.loc.start.line + 1;

function exported(node, shape) {
  if (node.source) shape.imports.push(node.source.value);
  if (node.declaration?.id) shape.exports.push(node.declaration.id.name);
  for (const declared of node.declaration?.declarations ?? []) shape.exports.push(declared.id.name);
  for (const specifier of node.specifiers) shape.exports.push(specifier.exported.name);
}

function called(node, shape) {
  if (node.callee.name === "_" && typeof node.arguments[0]?.value === "string") {
    shape.texts.push(node.arguments[0].value);
  }
  const [answer] = node.arguments;
  const caught = node.callee.property?.name === "catch" && node.arguments.length === 1;
  if (caught && answer.body?.type === "BlockStatement" && answer.body.body.length === 0) {
    shape.silent_catches.push(node.loc.start.line);
  }
}

function nameFrom(parent) {
  return parent?.key?.name ?? parent?.id?.name ?? parent?.arguments?.[0]?.value ?? "a function";
}

const paths = readFileSync(0, "utf8").split("\n").filter(Boolean);
process.stdout.write(JSON.stringify(Object.fromEntries(paths.map((path) => [path, shapeOf(path)]))));
