package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.BooleanValue;
import dev.cocolab.rego.value.JsonValues;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Value;
import dev.cocolab.rego.value.ValueLimitException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Base64 (RFC 4648) and JSON texts. */
final class EncodingFunctions {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private EncodingFunctions() {}

  static List<Builtin> all() {
    return List.of(
        encode("base64.encode", Base64.getEncoder()),
        decode("base64.decode", Base64.getDecoder()),
        new Builtin(
            "base64.is_valid",
            1,
            (meter, args) ->
                BooleanValue.of(bytes(Base64.getDecoder(), Arguments.string(args, 0)).isPresent())),
        encode("base64url.encode", Base64.getUrlEncoder()),
        encode("base64url.encode_no_pad", Base64.getUrlEncoder().withoutPadding()),
        decode("base64url.decode", Base64.getUrlDecoder()),
        new Builtin("json.marshal", 1, EncodingFunctions::marshal),
        new Builtin("json.unmarshal", 1, EncodingFunctions::unmarshal),
        new Builtin("json.is_valid", 1, EncodingFunctions::isValid));
  }

  private static Builtin encode(String name, Base64.Encoder encoder) {
    return new Builtin(
        name,
        1,
        (meter, args) -> {
          byte[] bytes = Arguments.string(args, 0).getBytes(StandardCharsets.UTF_8);
          meter.charge(bytes.length / 8);
          return new StringValue(encoder.encodeToString(bytes));
        });
  }

  /** Bytes that are not UTF-8 decode to replacement characters. */
  private static Builtin decode(String name, Base64.Decoder decoder) {
    return new Builtin(
        name,
        1,
        (meter, args) -> {
          String text = Arguments.string(args, 0);
          meter.charge(text.length() / 8);
          byte[] bytes =
              bytes(decoder, text).orElseThrow(() -> new BuiltinException("illegal base64 data"));
          return new StringValue(new String(bytes, StandardCharsets.UTF_8));
        });
  }

  private static Optional<byte[]> bytes(Base64.Decoder decoder, String text) {
    try {
      return Optional.of(decoder.decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Value marshal(Meter meter, List<Value> args) {
    String text = JSON.writeValueAsString(JsonValues.toJson(args.get(0)));
    meter.charge(text.length() / 8);
    return new StringValue(text);
  }

  private static Value unmarshal(Meter meter, List<Value> args) {
    String text = Arguments.string(args, 0);
    meter.charge(text.length() / 4);
    return parse(text).orElseThrow(() -> new BuiltinException("invalid JSON"));
  }

  private static Value isValid(Meter meter, List<Value> args) {
    if (!(args.get(0) instanceof StringValue text)) {
      return BooleanValue.FALSE;
    }
    meter.charge(text.value().length() / 4);
    return BooleanValue.of(parse(text.value()).isPresent());
  }

  private static Optional<Value> parse(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node == null || node.isMissingNode()
          ? Optional.empty()
          : Optional.of(JsonValues.fromJson(node));
    } catch (JacksonException | ValueLimitException e) {
      return Optional.empty();
    }
  }
}
