package dev.cocolab.lab;

import dev.cocolab.lab.access.Access;
import dev.cocolab.lab.authority.LabAuthority;
import dev.cocolab.lab.data.DataFolder;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Each persona's ways in: a certificate, which all labs of a machine have in common for a day, and
 * a token for all but the cluster admin.
 */
final class PersonaAccess {
  private final LabAuthority authority;
  private final SecureRandom random;

  PersonaAccess(LabAuthority authority, SecureRandom random) {
    this.authority = authority;
    this.random = random;
  }

  /**
   * Makes them.
   *
   * @param data where the tokens of an earlier start are; they stay the same
   */
  Map<Persona, Access> of(Optional<DataFolder> data) {
    List<String> users =
        Arrays.stream(Persona.values())
            .filter(persona -> persona != Persona.ADMIN)
            .map(Persona::user)
            .toList();
    Map<String, String> tokens =
        data.map(folder -> folder.personaTokens().of(users, this::token))
            .orElseGet(() -> fresh(users));
    Map<Persona, Access> all = new EnumMap<>(Persona.class);
    for (Persona persona : Persona.values()) {
      Access made =
          new Access(
              persona.user(),
              authority.client(persona.user(), persona.group()),
              persona.namespace());
      String token = tokens.get(persona.user());
      all.put(persona, token == null ? made : made.withToken(token));
    }
    return all;
  }

  private Map<String, String> fresh(List<String> users) {
    Map<String, String> tokens = new LinkedHashMap<>();
    users.forEach(user -> tokens.put(user, token()));
    return tokens;
  }

  /** A bearer token as OpenShift shows it: 256 bits. */
  private String token() {
    byte[] secret = new byte[32];
    random.nextBytes(secret);
    return "sha256~" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }
}
