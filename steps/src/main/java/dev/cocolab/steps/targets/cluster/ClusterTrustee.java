package dev.cocolab.steps.targets.cluster;

import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.persona.ClusterAdmin;
import dev.cocolab.steps.targets.Denial;
import dev.cocolab.steps.targets.TrusteeState;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * What the cluster's initdata tells guests of Trustee: {@code token_configs.kbs} of its {@code
 * aa.toml}. A real Trustee shows neither claims nor reasons outside its log.
 *
 * @param initdata as {@link ClusterAdmin#clusterInitdata} reads it
 */
record ClusterTrustee(Supplier<Initdata> initdata) implements TrusteeState {
  @Override
  public String guestUrl() {
    return told("url").replaceFirst("/+$", "");
  }

  @Override
  public URI url() {
    return URI.create(guestUrl());
  }

  @Override
  public String guestCertificate() {
    return told("cert");
  }

  @Override
  public List<String> claims() {
    return List.of();
  }

  @Override
  public List<Denial> denials() {
    return List.of();
  }

  private String told(String member) {
    JsonNode document = toml(new String(initdata.get().bytes(), StandardCharsets.UTF_8));
    JsonNode agent = toml(document.path("data").path("aa.toml").asString(""));
    String value = agent.path("token_configs").path("kbs").path(member).asString("");
    if (value.isBlank()) {
      throw new AssertionError(
          "the initdata in peer-pods-cm has no %s in [token_configs.kbs] of aa.toml"
              .formatted(member));
    }
    return value;
  }

  private static JsonNode toml(String text) {
    try {
      return new TomlMapper().readTree(text);
    } catch (JacksonException e) {
      throw new AssertionError("the initdata in peer-pods-cm is no TOML: " + e.getMessage(), e);
    }
  }
}
