package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoDialect;
import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.syntax.Module;
import dev.cocolab.rego.syntax.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The names a module can use without declaring them: its package's rules and its imports. */
final class ModuleNames {

  private final Module module;
  private final RegoDialect dialect;
  private final Set<String> rules;
  private final Map<String, List<String>> imports = new HashMap<>();

  /**
   * Makes the names of a module.
   *
   * @param rules names of the rules of its package, from all modules
   */
  ModuleNames(Module module, RegoDialect dialect, Set<String> rules) {
    this.module = module;
    this.dialect = dialect;
    this.rules = rules;
    for (Module.Import path : module.imports()) {
      imports.put(path.alias(), path.path());
    }
  }

  Source source() {
    return module.source();
  }

  /** The full path, starting with {@code data} or {@code input}, that a name stands for. */
  Optional<List<String>> lookup(String name) {
    if (name.equals("data") || name.equals("input")) {
      return Optional.of(List.of(name));
    }
    if (rules.contains(name)) {
      return Optional.of(inPackage(List.of(name)));
    }
    return Optional.ofNullable(imports.get(name));
  }

  /** A path of this module's package. */
  List<String> inPackage(List<String> names) {
    List<String> path = new ArrayList<>(List.of("data"));
    path.addAll(module.packagePath());
    path.addAll(names);
    return List.copyOf(path);
  }

  /** Refuses {@code input} and {@code data} as names of something else, as V1 does. */
  void checkDeclarable(String name, int offset) {
    if (dialect == RegoDialect.V1 && (name.equals("input") || name.equals("data"))) {
      throw error(offset, "`" + name + "` must not be redefined");
    }
  }

  RegoException error(int offset, String message) {
    return module.source().error(RegoException.Reason.COMPILE, offset, message);
  }
}
