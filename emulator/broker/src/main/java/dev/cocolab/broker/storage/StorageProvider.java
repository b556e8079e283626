package dev.cocolab.broker.storage;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Opens namespaces of Trustee's unified storage.
 *
 * @param type the default type
 * @param localFs directory of {@code LocalFs}
 * @param localJson directory of {@code LocalJson}
 */
public record StorageProvider(Type type, Path localFs, Path localJson) {
  /** Namespace of resources. */
  public static final String REPOSITORY = "repository";

  /** Namespace of the resource policy. */
  public static final String KBS = "kbs";

  /** Namespace of attestation policies. */
  public static final String ATTESTATION_POLICY = "attestation_service_policy";

  /** Namespace of reference values. */
  public static final String REFERENCE_VALUE = "reference_value";

  /** The storage types that are supported; Postgres and Redis are refused by name. */
  public enum Type {
    /** In process. */
    MEMORY("Memory"),
    /** A file for each key. */
    LOCAL_FS("LocalFs"),
    /** A JSON file for each namespace. */
    LOCAL_JSON("LocalJson");

    private final String configName;

    Type(String configName) {
      this.configName = configName;
    }

    /** The name in configuration files and in the log. */
    public String configName() {
      return configName;
    }
  }

  /** Checks that nothing is missing. */
  public StorageProvider {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(localFs, "localFs");
    Objects.requireNonNull(localJson, "localJson");
  }

  /** A namespace of the default type. */
  public KeyValueStore open(String namespace) {
    return open(namespace, type);
  }

  /** A namespace of another type. */
  public KeyValueStore open(String namespace, Type other) {
    return switch (other) {
      case MEMORY -> new MemoryStore();
      case LOCAL_FS -> new LocalFsStore(localFs.resolve(namespace));
      case LOCAL_JSON -> new LocalJsonStore(localJson.resolve(namespace));
    };
  }
}
