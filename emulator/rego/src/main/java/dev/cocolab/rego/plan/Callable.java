package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.RegoExtension;
import dev.cocolab.rego.builtin.Builtin;
import dev.cocolab.rego.value.BooleanValue;
import dev.cocolab.rego.value.JsonValues;
import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import dev.cocolab.rego.value.ValueText;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a function's name stands for. */
sealed interface Callable {

  /** Number of arguments; -1 for any. */
  int arity();

  default boolean takesUndefined() {
    return false;
  }

  Value call(Evaluation evaluation, List<Value> args, CallNode site);

  /** A function of a module. */
  record User(DocNode node, int arity) implements Callable {
    private FunctionRule rule() {
      return (FunctionRule) node.definition().orElseThrow();
    }

    @Override
    public Value call(Evaluation evaluation, List<Value> args, CallNode site) {
      evaluation.enter(2);
      Value value = rule().call(evaluation, args);
      evaluation.leave(2);
      return value;
    }
  }

  /** A function of the language. */
  record BuiltIn(Builtin builtin) implements Callable {
    @Override
    public int arity() {
      return builtin.arity();
    }

    @Override
    public Value call(Evaluation evaluation, List<Value> args, CallNode site) {
      return builtin.body().call(evaluation, args);
    }
  }

  /** A function of the host. */
  record Extension(String name, int arity, RegoExtension function) implements Callable {
    @Override
    public Value call(Evaluation evaluation, List<Value> args, CallNode site) {
      List<JsonNode> arguments = new ArrayList<>(args.size());
      for (Value arg : args) {
        arguments.add(JsonValues.toJson(arg));
      }
      JsonNode result;
      try {
        result = evaluation.extension(name, function).call(List.copyOf(arguments));
      } catch (RuntimeException e) {
        String at = site.source().fileName();
        int line = site.source().line(site.offset());
        int column = site.source().column(site.offset());
        throw new RegoException(
            RegoException.Reason.EVALUATION, at, line, column, name + ": " + e.getMessage(), e);
      }
      return result == null ? Undefined.UNDEFINED : JsonValues.fromJson(result);
    }
  }

  /** {@code print}: always true. */
  record Print() implements Callable {
    @Override
    public int arity() {
      return -1;
    }

    @Override
    public boolean takesUndefined() {
      return true;
    }

    @Override
    public Value call(Evaluation evaluation, List<Value> args, CallNode site) {
      List<String> texts = new ArrayList<>(args.size());
      for (Value arg : args) {
        String text = ValueText.plain(arg);
        evaluation.charge(text.length() / 8 + 1);
        texts.add(text);
      }
      String place = site.source().fileName() + ":" + site.source().line(site.offset());
      evaluation.recorder().print(place + ": " + String.join(" ", texts));
      return BooleanValue.TRUE;
    }
  }
}
