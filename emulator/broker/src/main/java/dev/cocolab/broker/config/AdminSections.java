package dev.cocolab.broker.config;

import dev.cocolab.broker.admin.AdminConfig;
import dev.cocolab.broker.failure.BrokerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Reads {@code [admin]}, in which unknown fields are refused, as upstream does; the sections of
 * older files ({@code insecure_api}, {@code type}) are told what stands for them now.
 */
final class AdminSections {
  private static final Set<String> OLDER =
      Set.of("type", "insecure_api", "auth_public_key", "personas", "roles");

  private AdminSections() {}

  /**
   * Reads the section.
   *
   * @throws BrokerException CONFIGURATION naming what is wrong
   */
  static AdminConfig read(Section root) {
    Section section = root.sub("admin");
    if (!section.exists()) {
      throw root.missing("admin");
    }
    for (String older : OLDER) {
      if (section.table().has(older)) {
        throw section.refused(
            ("unknown field `%s` in [admin]: it is that of an older release; set"
                    + " `authorization_mode` to DenyAll, InsecureAllowAll or"
                    + " AuthenticatedAuthorization")
                .formatted(older));
      }
    }
    only(section, Set.of("authorization_mode", "authentication", "authorization"));
    String mode =
        section.text("authorization_mode").orElseThrow(() -> section.missing("authorization_mode"));
    if (!mode.equals("AuthenticatedAuthorization")) {
      only(section, Set.of("authorization_mode"));
    }
    return switch (mode) {
      case "DenyAll" -> new AdminConfig.DenyAll();
      case "InsecureAllowAll" -> new AdminConfig.InsecureAllowAll();
      case "AuthenticatedAuthorization" -> authenticated(section);
      default -> throw section.unsupported("authorization_mode", mode);
    };
  }

  private static AdminConfig authenticated(Section section) {
    Section authentication = required(section, "authentication");
    Section bearer = required(authentication, "bearer_jwt");
    Section authorization = required(section, "authorization");
    Section list = required(authorization, "regex_acl");
    only(authentication, Set.of("bearer_jwt"));
    only(bearer, Set.of("identity_providers"));
    only(authorization, Set.of("regex_acl"));
    only(list, Set.of("acls"));
    List<AdminConfig.Provider> providers = new ArrayList<>();
    for (Section one : tables(bearer, "identity_providers")) {
      only(one, Set.of("issuer", "audience", "public_key_uri", "jwk_set_uri"));
      providers.add(
          new AdminConfig.Provider(
              one.text("issuer"),
              one.text("audience"),
              one.text("public_key_uri"),
              one.text("jwk_set_uri")));
    }
    List<AdminConfig.Acl> acls = new ArrayList<>();
    for (Section one : tables(list, "acls")) {
      only(one, Set.of("role", "allowed_endpoints"));
      acls.add(
          new AdminConfig.Acl(
              one.text("role").orElseThrow(() -> one.missing("role")),
              one.text("allowed_endpoints").orElse("")));
    }
    return new AdminConfig.AuthenticatedAuthorization(providers, acls);
  }

  private static Section required(Section section, String key) {
    Section sub = section.sub(key);
    if (!sub.exists()) {
      throw section.missing(key);
    }
    return sub;
  }

  private static List<Section> tables(Section section, String key) {
    JsonNode value = section.table().path(key);
    List<Section> out = new ArrayList<>();
    if (value.isMissingNode()) {
      return out;
    }
    if (!value.isArray()) {
      throw section.wrong(key, "a list of tables");
    }
    for (JsonNode element : value) {
      if (!element.isObject()) {
        throw section.wrong(key, "a list of tables");
      }
      out.add(new Section(section.file(), section.name() + "." + key, element));
    }
    return out;
  }

  private static void only(Section section, Set<String> known) {
    for (String key : section.table().propertyNames()) {
      if (!known.contains(key)) {
        throw section.refused("unknown field `%s` in [%s]".formatted(key, section.name()));
      }
    }
  }
}
