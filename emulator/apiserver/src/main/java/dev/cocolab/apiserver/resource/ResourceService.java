package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.admission.Admission;
import dev.cocolab.apiserver.codec.BodyDecoder;
import dev.cocolab.apiserver.codec.DecodedBody;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.store.ObjectKey;
import dev.cocolab.apiserver.store.ObjectStore;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rules of the API over one store: everything that a request can do to objects. Safe for
 * several threads.
 */
public final class ResourceService {
  private static final List<String> NAMESPACES =
      List.of("default", "kube-system", "kube-public", "kube-node-lease");

  private final ResourceReader reader;
  private final ResourceWriter writer;
  private final ResourceRemover remover;
  private final Patches patches;
  private final Applies applies;
  private final Subresources subresources;
  private final ResourceRegistry registry;
  private final ObjectStore store;

  /**
   * @param store where objects are kept; the kinds that it defines are served at once
   * @param registry kinds that are served; definitions in the store change it
   * @param types structures of the built-in kinds
   * @param decoder reads YAML of apply patches
   * @param identity uids, names and time stamps
   */
  public ResourceService(
      ObjectStore store,
      ResourceRegistry registry,
      ApiTypes types,
      BodyDecoder decoder,
      ObjectIdentity identity) {
    this.store = store;
    this.registry = registry;
    Definitions definitions = new Definitions(registry, store, identity);
    definitions.restore();
    Removal removal = new Removal(store, definitions);
    this.reader = new ResourceReader(store);
    FieldTracking tracking = new FieldTracking(types, identity);
    Intake intake = new Intake(types);
    this.writer =
        new ResourceWriter(
            store, reader, new Admission(store), intake, identity, definitions, removal, tracking);
    this.applies = new Applies(store, writer, intake, tracking, decoder);
    this.remover = new ResourceRemover(store, reader, identity, removal, definitions);
    this.patches = new Patches(writer, types, decoder);
    this.subresources = new Subresources(store, reader, writer, removal, identity, intake);
  }

  /** Creates the namespaces that every cluster has. */
  public void createSystemNamespaces() {
    for (String name : NAMESPACES) {
      ObjectNode namespace = Trees.object();
      namespace.putObject("metadata").put("name", name);
      createIfAbsent(registry.builtIn("", "namespaces"), namespace);
    }
  }

  /** Creates an object unless there is one of its name. */
  public void createIfAbsent(ResourceType type, ObjectNode object) {
    WriteOptions options = new WriteOptions(false, WriteOptions.FieldValidation.IGNORE, text -> {});
    String name = Trees.textOrEmpty(object, "metadata", "name");
    String namespace = Trees.textOrEmpty(object, "metadata", "namespace");
    if (store.get(new ObjectKey(type.storageName(), namespace, name)).isEmpty()) {
      writer.create(new Target(type, namespace, ""), new DecodedBody(object, List.of()), options);
    }
  }

  public ResourceReader reader() {
    return reader;
  }

  public ResourceWriter writer() {
    return writer;
  }

  public ResourceRemover remover() {
    return remover;
  }

  public Patches patches() {
    return patches;
  }

  public Applies applies() {
    return applies;
  }

  public Subresources subresources() {
    return subresources;
  }

  public ObjectStore store() {
    return store;
  }
}
