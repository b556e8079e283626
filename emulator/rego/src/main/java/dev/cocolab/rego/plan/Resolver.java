package dev.cocolab.rego.plan;

import dev.cocolab.rego.syntax.Literal;
import dev.cocolab.rego.syntax.Term;
import dev.cocolab.rego.syntax.Terms;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds out what each name of a rule definition stands for.
 *
 * <p>A name that is neither declared nor known to the module is a variable of the outermost body in
 * which it appears outside closures.
 */
final class Resolver {

  private final ModuleNames names;
  private final Resolution resolution;
  private final Predicate<Term> isFunction;

  Resolver(ModuleNames names, Resolution resolution, Predicate<Term> isFunction) {
    this.names = names;
    this.resolution = resolution;
    this.isFunction = isFunction;
  }

  /** Declares the variables of parameters. */
  void parameters(List<Term> parameters, Scope scope) {
    for (Term parameter : parameters) {
      for (Term.Var variable : openVariables(parameter)) {
        if (!variable.isWildcard() && scope.slot(variable.name()).isEmpty()) {
          declare(variable, scope);
        }
      }
      term(parameter, scope);
    }
  }

  /**
   * Resolves a body and the terms whose variables it binds.
   *
   * @param heads terms evaluated for each solution
   */
  void body(List<Literal> body, List<Term> heads, Scope scope) {
    declareImplicit(body, heads, scope);
    for (Literal literal : body) {
      literal(literal, scope);
    }
    heads.forEach(head -> term(head, scope));
  }

  private void declareImplicit(List<Literal> body, List<Term> heads, Scope scope) {
    Set<String> declared = new HashSet<>();
    List<Term> terms = new ArrayList<>(heads);
    for (Literal literal : body) {
      declarations(literal.form()).forEach(variable -> declared.add(variable.name()));
      if (literal.form() instanceof Literal.Every every) {
        terms.add(every.collection());
      } else {
        Literal plain = new Literal(literal.form(), false, List.of(), literal.span());
        terms.addAll(Terms.of(List.of(plain)));
      }
      literal.withs().stream()
          .map(Literal.With::value)
          .filter(isFunction.negate())
          .forEach(terms::add);
    }
    for (Term term : terms) {
      for (Term.Var variable : outerVariables(term)) {
        String name = variable.name();
        if (!variable.isWildcard()
            && !declared.contains(name)
            && scope.slot(name).isEmpty()
            && names.lookup(name).isEmpty()) {
          scope.declare(name, resolution.newSlot());
        }
      }
    }
  }

  private void literal(Literal literal, Scope scope) {
    for (Literal.With with : literal.withs()) {
      if (!isFunction.test(with.value())) {
        term(with.value(), scope);
      }
      target(with.target(), scope);
    }
    Literal.Form form = literal.form();
    if (form instanceof Literal.Test test) {
      term(test.term(), scope);
    } else if (form instanceof Literal.Unify unify) {
      term(unify.left(), scope);
      term(unify.right(), scope);
    } else if (form instanceof Literal.Assign assign) {
      term(assign.right(), scope);
      declareAll(declarations(form), scope);
      term(assign.left(), scope);
    } else if (form instanceof Literal.SomeDeclaration some) {
      declareAll(some.names(), scope);
    } else if (form instanceof Literal.SomeIn some) {
      term(some.collection(), scope);
      declareAll(declarations(form), scope);
      some.key().ifPresent(key -> term(key, scope));
      term(some.value(), scope);
    } else if (form instanceof Literal.Every every) {
      every(every, scope);
    }
  }

  /** The target of {@code with} is a path; what is not a name of the module heads a function. */
  private void target(Term target, Scope scope) {
    Term head = target instanceof Term.Ref ref ? ref.head() : target;
    if (head instanceof Term.Var variable) {
      names.lookup(variable.name()).ifPresent(path -> resolution.bind(variable, path));
    }
    if (target instanceof Term.Ref ref) {
      ref.args().forEach(arg -> term(arg, scope));
    }
  }

  private void every(Literal.Every every, Scope scope) {
    term(every.collection(), scope);
    int from = resolution.size();
    Scope inner = scope.inner();
    every.key().ifPresent(key -> declareAll(List.of(key), inner));
    declareAll(List.of(every.value()), inner);
    every.key().ifPresent(key -> term(key, inner));
    term(every.value(), inner);
    body(every.body(), List.of(), inner.inner());
    resolution.own(Resolution.closure(every), from);
  }

  private void term(Term term, Scope scope) {
    if (term instanceof Term.Var variable) {
      variable(variable, scope);
    } else if (term instanceof Term.Comprehension comprehension) {
      int from = resolution.size();
      List<Term> heads = new ArrayList<>();
      comprehension.key().ifPresent(heads::add);
      heads.add(comprehension.value());
      body(comprehension.body(), heads, scope.inner());
      resolution.own(comprehension, from);
    } else {
      Terms.children(term).forEach(child -> term(child, scope));
    }
  }

  private void variable(Term.Var variable, Scope scope) {
    if (variable.isWildcard()) {
      return;
    }
    Optional<Integer> slot = scope.slot(variable.name());
    if (slot.isPresent()) {
      resolution.bind(variable, slot.get());
      return;
    }
    List<String> path =
        names
            .lookup(variable.name())
            .orElseThrow(
                () ->
                    names.error(
                        variable.span().start(),
                        "variable `" + variable.name() + "` is used before it is declared"));
    resolution.bind(variable, path);
  }

  private void declareAll(List<Term.Var> variables, Scope scope) {
    variables.stream().filter(v -> !v.isWildcard()).forEach(v -> declare(v, scope));
  }

  private void declare(Term.Var variable, Scope scope) {
    names.checkDeclarable(variable.name(), variable.span().start());
    int slot = resolution.newSlot();
    if (!scope.declare(variable.name(), slot)) {
      throw names.error(
          variable.span().start(), "variable `" + variable.name() + "` is declared twice");
    }
    resolution.bind(variable, slot);
  }

  private static List<Term.Var> declarations(Literal.Form form) {
    List<Term.Var> variables = new ArrayList<>();
    if (form instanceof Literal.Assign assign) {
      variables.addAll(openVariables(assign.left()));
    } else if (form instanceof Literal.SomeDeclaration some) {
      variables.addAll(some.names());
    } else if (form instanceof Literal.SomeIn some) {
      some.key().ifPresent(key -> variables.addAll(openVariables(key)));
      variables.addAll(openVariables(some.value()));
    }
    return variables;
  }

  /** The variables a pattern binds: those that stand alone in arrays and as values of objects. */
  private static List<Term.Var> openVariables(Term pattern) {
    List<Term.Var> variables = new ArrayList<>();
    if (pattern instanceof Term.Var variable) {
      variables.add(variable);
    } else if (pattern instanceof Term.ArrayLiteral array) {
      array.items().forEach(item -> variables.addAll(openVariables(item)));
    } else if (pattern instanceof Term.ObjectLiteral object) {
      object.members().forEach(member -> variables.addAll(openVariables(member.value())));
    }
    return variables;
  }

  /** All variables outside closures. */
  private static List<Term.Var> outerVariables(Term term) {
    List<Term.Var> variables = new ArrayList<>();
    if (term instanceof Term.Var variable) {
      variables.add(variable);
    } else if (!(term instanceof Term.Comprehension)) {
      Terms.children(term).forEach(child -> variables.addAll(outerVariables(child)));
    }
    return variables;
  }
}
