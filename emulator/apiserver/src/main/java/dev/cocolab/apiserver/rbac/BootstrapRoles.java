package dev.cocolab.apiserver.rbac;

import dev.cocolab.apiserver.json.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * The ClusterRoles and ClusterRoleBindings of a new cluster: {@code cluster-admin}, {@code admin},
 * {@code edit}, {@code view}, and what every user, and whoever is none, may read about the server.
 */
public final class BootstrapRoles {
  /** The API group of roles and bindings. */
  public static final String GROUP = Resources.GROUP;

  private static final String FILE = "bootstrap-roles.txt";
  private static final String LABEL_PREFIX = Resources.GROUP + "/";
  private static final List<String> READ = List.of("get", "list", "watch");
  private static final List<String> WRITE =
      List.of("create", "delete", "deletecollection", "patch", "update");

  private final List<ObjectNode> roles = new ArrayList<>();
  private final List<ObjectNode> bindings = new ArrayList<>();

  private BootstrapRoles() {}

  /**
   * Reads them.
   *
   * @param create receives the plural and each object, roles before bindings
   */
  public static void forEach(BiConsumer<String, ObjectNode> create) {
    BootstrapRoles found = new BootstrapRoles();
    text()
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .forEach(found::line);
    found.roles.forEach(role -> create.accept("clusterroles", role));
    found.bindings.forEach(binding -> create.accept("clusterrolebindings", binding));
  }

  private static String text() {
    try (InputStream in = BootstrapRoles.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + FILE + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void line(String line) {
    List<String> words = words(line);
    switch (words.get(0)) {
      case "role" -> roles.add(role(words.get(1), words.subList(2, words.size())));
      case "aggregates" -> {
        int of = words.indexOf("of");
        ObjectNode role = role(words.get(1), words.subList(2, of));
        role.putObject("aggregationRule")
            .putArray("clusterRoleSelectors")
            .addObject()
            .putObject("matchLabels")
            .put(LABEL_PREFIX + "aggregate-to-" + words.get(of + 1), "true");
        roles.add(role);
      }
      case "binding" ->
          bindings.add(binding(words.get(1), words.get(2), words.subList(3, words.size())));
      default -> rule(line);
    }
  }

  private static List<String> words(String text) {
    return Arrays.asList(text.strip().split("\\s+", -1));
  }

  private static ObjectNode role(String name, List<String> labels) {
    ObjectNode role = Trees.object();
    metadata(role, name);
    labels.forEach(
        label ->
            Trees.child(Trees.child(role, "metadata"), "labels").put(LABEL_PREFIX + label, "true"));
    role.putArray("rules");
    return role;
  }

  private static void metadata(ObjectNode object, String name) {
    ObjectNode metadata = object.putObject("metadata").put("name", name);
    metadata.putObject("annotations").put(LABEL_PREFIX + "autoupdate", "true");
    metadata.putObject("labels").put("kubernetes.io/bootstrapping", "rbac-defaults");
  }

  private static ObjectNode binding(String name, String role, List<String> groups) {
    ObjectNode binding = Trees.object();
    metadata(binding, name);
    binding
        .putObject("roleRef")
        .put("apiGroup", Resources.GROUP)
        .put("kind", "ClusterRole")
        .put("name", role);
    groups.forEach(
        group ->
            binding
                .withArrayProperty("subjects")
                .addObject()
                .put("apiGroup", Resources.GROUP)
                .put("kind", "Group")
                .put("name", group));
    return binding;
  }

  private void rule(String line) {
    String[] cells = line.split("\\|", -1);
    List<String> verbs = new ArrayList<>();
    for (String verb : words(cells[0])) {
      switch (verb.toLowerCase(Locale.ROOT)) {
        case "read" -> verbs.addAll(READ);
        case "write" -> verbs.addAll(WRITE);
        default -> verbs.add(verb);
      }
    }
    PolicyRule rule =
        cells.length == 2
            ? new PolicyRule(verbs, List.of(), List.of(), List.of(), words(cells[1]))
            : new PolicyRule(
                verbs,
                words(cells[1]).stream().map(group -> group.equals("-") ? "" : group).toList(),
                words(cells[2]),
                List.of(),
                List.of());
    roles.get(roles.size() - 1).withArrayProperty("rules").add(rule.toJson());
  }
}
