package dev.cocolab.rego.builtin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The functions of the language.
 *
 * <p>Present are the core functions and the groups {@code regex}, {@code base64}, {@code
 * base64url}, {@code time}, {@code bits} and {@code units}, as in the engines of Trustee and
 * kata-agent. Not present, as there: {@code http.send}, {@code glob}, {@code graph}, {@code net},
 * {@code semver}, {@code uuid}, {@code crypto}, {@code hex}, {@code yaml}, {@code io.jwt}, {@code
 * opa.runtime}.
 */
public final class Builtins {

  private static final Map<String, Builtin> BY_NAME = byName();

  private Builtins() {}

  private static Map<String, Builtin> byName() {
    Map<String, Builtin> map = new HashMap<>();
    Operators.all()
        .forEach(
            (name, operator) ->
                map.put(
                    name,
                    new Builtin(
                        name,
                        2,
                        (meter, args) -> operator.apply(meter, args.get(0), args.get(1)))));
    List.of(
            AggregateFunctions.all(),
            ArrayFunctions.all(),
            BitFunctions.all(),
            EncodingFunctions.all(),
            JsonPathFunctions.all(),
            NumberFunctions.all(),
            ObjectFunctions.all(),
            RegexFunctions.all(),
            StringFunctions.all(),
            TextFunctions.all(),
            TimeFunctions.all(),
            TypeFunctions.all(),
            UnitFunctions.all(),
            WalkFunction.all())
        .forEach(group -> group.forEach(builtin -> map.put(builtin.name(), builtin)));
    return Map.copyOf(map);
  }

  public static Optional<Builtin> find(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** All names, sorted. */
  public static Set<String> names() {
    return new TreeSet<>(BY_NAME.keySet());
  }
}
