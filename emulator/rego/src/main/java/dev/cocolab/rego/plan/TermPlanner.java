package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.builtin.Operators;
import dev.cocolab.rego.syntax.Source;
import dev.cocolab.rego.syntax.Span;
import dev.cocolab.rego.syntax.Term;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.ValueLimitException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns terms whose variables are bound into nodes. */
final class TermPlanner {

  private final Planner planner;
  private final Source source;

  TermPlanner(Planner planner, Source source) {
    this.planner = planner;
    this.source = source;
  }

  Node plan(Term term, Attempt attempt) {
    Optional<Integer> slot = attempt.hoistedSlot(term);
    if (slot.isPresent()) {
      return new Node.Local(slot.get());
    }
    if (term instanceof Term.Scalar scalar) {
      return new Node.Constant(scalar.value());
    } else if (term instanceof Term.Var variable) {
      return variable(variable, attempt);
    } else if (term instanceof Term.Ref reference) {
      return probe(reference(reference, attempt), reference.span(), attempt);
    } else if (term instanceof Term.Call call) {
      return call(call, attempt);
    } else if (term instanceof Term.Membership m) {
      return new CollectionNodes.Membership(
          m.key().map(key -> plan(key, attempt)),
          plan(m.value(), attempt),
          plan(m.collection(), attempt));
    } else if (term instanceof Term.ArrayLiteral array) {
      return folded(new CollectionNodes.Items(all(array.items(), attempt), false));
    } else if (term instanceof Term.SetLiteral set) {
      return folded(new CollectionNodes.Items(all(set.items(), attempt), true));
    } else if (term instanceof Term.ObjectLiteral object) {
      return folded(object(object, attempt));
    } else if (term instanceof Term.Template template) {
      return new CollectionNodes.Template(all(template.parts(), attempt));
    }
    return comprehension((Term.Comprehension) term, attempt);
  }

  List<Node> all(List<Term> terms, Attempt attempt) {
    return terms.stream().map(term -> plan(term, attempt)).toList();
  }

  private Node probe(Node node, Span span, Attempt attempt) {
    int slot = planner.resolution().newSlot();
    attempt.operands().probed(span, slot);
    return new Node.Probe(node, slot);
  }

  private Node variable(Term.Var variable, Attempt attempt) {
    if (planner.resolution().isLocal(variable)) {
      int slot = planner.resolution().slot(variable);
      attempt.operands().provided(variable.span(), slot);
      return new Node.Local(slot);
    }
    Node document = document(planner.resolution().path(variable), List.of());
    return probe(document, variable.span(), attempt);
  }

  private Node document(List<String> path, List<Node> rest) {
    List<Node> keys =
        Stream.concat(
                path.stream().skip(1).map(name -> (Node) new Node.Constant(new StringValue(name))),
                rest.stream())
            .toList();
    if (path.get(0).equals("input")) {
      return keys.isEmpty() ? new Node.Input() : new Node.Reference(new Node.Input(), keys);
    }
    planner.program().dependsOn(planner.place(), keys);
    return new DataReference(planner.program().root(), keys);
  }

  private Node reference(Term.Ref reference, Attempt attempt) {
    List<Node> rest = all(reference.args(), attempt);
    if (reference.head() instanceof Term.Var head && !planner.resolution().isLocal(head)) {
      return document(planner.resolution().path(head), rest);
    }
    return new Node.Reference(plan(reference.head(), attempt), rest);
  }

  /** The source of a reference that iterates. */
  Step source(Term.Ref reference, List<Sources.Argument> arguments, int slot, Attempt attempt) {
    if (reference.head() instanceof Term.Var head && !planner.resolution().isLocal(head)) {
      List<String> path = planner.resolution().path(head);
      List<Sources.Argument> keys = new ArrayList<>();
      for (String name : path.subList(1, path.size())) {
        keys.add(new Sources.Key(new Node.Constant(new StringValue(name))));
      }
      keys.addAll(arguments);
      List<Sources.Argument> all = List.copyOf(keys);
      if (path.get(0).equals("input")) {
        return new Sources.Reference(
            frame -> Documents.Place.of(frame.evaluation().input()), all, slot);
      }
      planner
          .program()
          .dependsOn(
              planner.place(),
              keys.stream()
                  .takeWhile(key -> key instanceof Sources.Key)
                  .map(key -> ((Sources.Key) key).node())
                  .toList(),
              keys.size());
      Optional<DocNode> root = Optional.of(planner.program().root());
      return new Sources.Reference(
          frame -> new Documents.Place(root, frame.evaluation().data()), all, slot);
    }
    Node head = plan(reference.head(), attempt);
    return new Sources.Reference(frame -> Documents.Place.of(head.eval(frame)), arguments, slot);
  }

  private Node call(Term.Call call, Attempt attempt) {
    if (call.infix()) {
      return new OperatorNode(
          Operators.of(call.name()),
          call.name(),
          plan(call.args().get(0), attempt),
          plan(call.args().get(1), attempt),
          source,
          call.span().start());
    }
    Program.Function function = planner.function(call.path(), call.span().start());
    int arity = function.callable().arity();
    if (arity >= 0 && call.args().size() != arity) {
      throw source.error(
          RegoException.Reason.COMPILE,
          call.span().start(),
          "function `"
              + call.name()
              + "` takes "
              + arity
              + (arity == 1 ? " argument, not " : " arguments, not ")
              + call.args().size());
    }
    Node node =
        new CallNode(
            function.callable(),
            function.identity(),
            all(call.args(), attempt),
            source,
            call.span().start());
    return probe(node, call.span(), attempt);
  }

  private Node object(Term.ObjectLiteral object, Attempt attempt) {
    return new CollectionNodes.Members(
        all(object.members().stream().map(Term.Member::key).toList(), attempt),
        all(object.members().stream().map(Term.Member::value).toList(), attempt),
        source,
        object.span().start());
  }

  private Node comprehension(Term.Comprehension comprehension, Attempt attempt) {
    List<Term> heads = new ArrayList<>();
    comprehension.key().ifPresent(heads::add);
    heads.add(comprehension.value());
    Planner.Solved solved =
        planner.solve(comprehension.body(), heads, attempt.bound(), comprehension.span().start());
    List<Node> nodes = solved.heads();
    return switch (comprehension.kind()) {
      case ARRAY -> new CollectionNodes.Comprehension(solved.body(), nodes.get(0), false);
      case SET -> new CollectionNodes.Comprehension(solved.body(), nodes.get(0), true);
      case OBJECT ->
          new CollectionNodes.ObjectComprehension(
              solved.body(), nodes.get(0), nodes.get(1), source, comprehension.span().start());
    };
  }

  /** A literal of constants is a constant; one that cannot be built fails when it is evaluated. */
  private static Node folded(Node node) {
    List<List<Node>> parts =
        node instanceof CollectionNodes.Items items
            ? List.of(items.items())
            : List.of(
                ((CollectionNodes.Members) node).keys(), ((CollectionNodes.Members) node).values());
    boolean constant =
        parts.stream().flatMap(List::stream).allMatch(part -> part instanceof Node.Constant);
    if (!constant) {
      return node;
    }
    try {
      return new Node.Constant(node.eval(new Frame(Evaluation.none(), 0)));
    } catch (RegoException | ValueLimitException e) {
      return node;
    }
  }
}
