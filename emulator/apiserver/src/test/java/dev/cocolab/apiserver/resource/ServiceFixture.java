package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.codec.BodyDecoder;
import dev.cocolab.apiserver.codec.DecodedBody;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.resource.WriteOptions.FieldValidation;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.store.MemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.node.ObjectNode;

/** The service without a socket. Objects are written as JSON with single quotes. */
final class ServiceFixture {
  static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  final ResourceRegistry registry = new ResourceRegistry();
  final ResourceService service;
  final List<String> warnings = new ArrayList<>();

  ServiceFixture() {
    ApiTypes types = ApiTypes.load();
    service =
        new ResourceService(
            new MemoryObjectStore(1000),
            registry,
            types,
            new BodyDecoder(types, registry),
            new ObjectIdentity(Clock.fixed(NOW, ZoneOffset.UTC), new Random(7)));
    service.createSystemNamespaces();
  }

  static ObjectNode json(String text) {
    return (ObjectNode) Trees.MAPPER.readTree(text.replace('\'', '"'));
  }

  Target target(String group, String plural, String namespace, String name) {
    String version = group.equals("lab.example.org") ? "v1alpha1" : "v1";
    return new Target(registry.find(group, version, plural).orElseThrow(), namespace, name);
  }

  Target pod(String name) {
    return target("", "pods", "default", name);
  }

  WriteOptions options(FieldValidation validation) {
    return new WriteOptions(false, validation, warnings::add, "test", false);
  }

  ObjectNode create(Target target, String text) {
    ObjectNode object = json(text);
    Trees.setDefault(object, "apiVersion", target.type().apiVersion());
    return service
        .writer()
        .create(target, new DecodedBody(object, List.of()), options(FieldValidation.WARN));
  }

  ObjectNode replace(Target target, ObjectNode object) {
    return service
        .writer()
        .replace(
            target,
            ResourceWriter.Part.MAIN,
            new DecodedBody(object, List.of()),
            options(FieldValidation.WARN));
  }

  ObjectNode merge(Target target, ResourceWriter.Part part, String patch) {
    return service
        .patches()
        .patch(
            target,
            part,
            "application/merge-patch+json",
            patch.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
            options(FieldValidation.WARN));
  }

  ResourceRemover.Deleted delete(Target target, String options) {
    return service.remover().delete(target, DeleteOptions.parse(json(options)));
  }

  ObjectNode get(Target target) {
    return service.reader().get(target);
  }

  void createPod(String name) {
    create(
        pod(""),
        "{'metadata':{'name':'" + name + "'},'spec':{'containers':[{'name':'c','image':'i:1'}]}}");
  }
}
