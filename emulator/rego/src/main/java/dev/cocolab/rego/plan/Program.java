package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.RegoExtension;
import dev.cocolab.rego.builtin.Builtins;
import dev.cocolab.rego.value.StringValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rules of all modules while they are compiled, and the functions calls can mean. */
final class Program {

  private final DocNode root = new DocNode("data");
  private final Map<DocNode, RuleGroup> groups = new LinkedHashMap<>();
  private final Map<String, Callable> extensions = new HashMap<>();
  private final Map<DocNode, Set<DocNode>> dependencies = new LinkedHashMap<>();

  /** What a call means, and under which name {@code with} can replace it. */
  record Function(Callable callable, String identity) {}

  Program(Map<String, ExtensionPoint> extensions) {
    extensions.forEach(
        (name, point) ->
            this.extensions.put(
                name, new Callable.Extension(name, point.arity(), point.function())));
  }

  /** A function of the host and its number of arguments. */
  record ExtensionPoint(int arity, RegoExtension function) {}

  DocNode root() {
    return root;
  }

  Map<DocNode, RuleGroup> groups() {
    return groups;
  }

  RuleGroup group(DocNode node) {
    return groups.computeIfAbsent(node, RuleGroup::new);
  }

  /** The node at a path below {@code data}. */
  Optional<DocNode> find(List<String> path) {
    Optional<DocNode> node = Optional.of(root);
    for (String name : path) {
      node = node.flatMap(at -> at.child(name));
    }
    return node;
  }

  DocNode make(List<String> path) {
    DocNode node = root;
    for (String name : path) {
      node = node.makeChild(name);
    }
    return node;
  }

  /** What a function's name means in a module: its own rules first, then the host's functions. */
  Optional<Function> function(ModuleNames names, List<String> path) {
    Optional<List<String>> base = names.lookup(path.get(0));
    if (base.isPresent() && base.get().get(0).equals("data")) {
      List<String> full = new ArrayList<>(base.get().subList(1, base.get().size()));
      full.addAll(path.subList(1, path.size()));
      Optional<DocNode> node = find(full).filter(at -> groups.containsKey(at));
      if (node.isPresent() && groups.get(node.get()).isFunction()) {
        return Optional.of(
            new Function(
                new Callable.User(node.get(), groups.get(node.get()).arity()), node.get().path()));
      }
    }
    String name = String.join(".", path);
    if (extensions.containsKey(name)) {
      return Optional.of(new Function(extensions.get(name), name));
    }
    if (name.equals("print")) {
      return Optional.of(new Function(new Callable.Print(), name));
    }
    return Builtins.find(name).map(builtin -> new Function(new Callable.BuiltIn(builtin), name));
  }

  /** Notes that a rule refers to what lies at a path. */
  void dependsOn(DocNode rule, List<Node> keys) {
    dependsOn(rule, keys, keys.size());
  }

  /**
   * Notes that a rule refers to what lies at a path.
   *
   * @param length number of keys of the whole reference, of which some may be unknown
   */
  void dependsOn(DocNode rule, List<Node> keys, int length) {
    DocNode node = root;
    for (int i = 0; !groups.containsKey(node); i++) {
      if (i == length) {
        addAll(rule, node);
        return;
      }
      Optional<DocNode> child =
          i < keys.size()
                  && keys.get(i) instanceof Node.Constant key
                  && key.value() instanceof StringValue name
              ? node.child(name.value())
              : Optional.empty();
      if (child.isEmpty()) {
        return;
      }
      node = child.get();
    }
    addAll(rule, node);
  }

  private void addAll(DocNode rule, DocNode node) {
    if (groups.containsKey(node)) {
      dependencies.computeIfAbsent(rule, key -> new LinkedHashSet<>()).add(node);
    }
    node.children().values().forEach(child -> addAll(rule, child));
  }

  void dependsOn(DocNode rule, DocNode other) {
    dependencies.computeIfAbsent(rule, key -> new LinkedHashSet<>()).add(other);
  }

  /** Refuses rules that depend on themselves. */
  void checkRecursion() {
    Set<DocNode> done = new LinkedHashSet<>();
    for (DocNode start : dependencies.keySet()) {
      Set<DocNode> path = new LinkedHashSet<>();
      visit(start, path, done);
    }
  }

  /** Depth-first without recursion of our own: chains of rules may be long. */
  private void visit(DocNode start, Set<DocNode> path, Set<DocNode> done) {
    List<DocNode> stack = new ArrayList<>(List.of(start));
    while (!stack.isEmpty()) {
      DocNode node = stack.get(stack.size() - 1);
      if (done.contains(node)) {
        stack.remove(stack.size() - 1);
        continue;
      }
      if (!path.add(node)) {
        path.remove(node);
        done.add(node);
        stack.remove(stack.size() - 1);
        continue;
      }
      for (DocNode next : dependencies.getOrDefault(node, Set.of())) {
        if (path.contains(next)) {
          throw recursive(next);
        }
        if (!done.contains(next)) {
          stack.add(next);
        }
      }
    }
  }

  private RegoException recursive(DocNode node) {
    RuleGroup.Definition first = groups.get(node).definitions().get(0);
    return first
        .names()
        .error(first.rule().span().start(), "rule " + node.path() + " is recursive");
  }
}
