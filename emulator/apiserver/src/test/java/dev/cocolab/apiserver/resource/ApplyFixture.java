package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.resource.WriteOptions.FieldValidation;
import dev.cocolab.apiserver.status.ApiException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/** Objects to apply, and the owners of their fields as text. */
abstract class ApplyFixture {
  final ServiceFixture lab = new ServiceFixture();
  final Target map = lab.target("", "configmaps", "default", "m");
  final Target deployment = lab.target("apps", "deployments", "default", "d");

  Applies.Applied apply(Target target, Part part, String manager, boolean force, String config) {
    return lab.service
        .applies()
        .apply(
            target,
            part,
            config.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
            new WriteOptions(false, FieldValidation.STRICT, lab.warnings::add, manager, force));
  }

  ObjectNode applyMap(String manager, boolean force, String more) {
    return apply(
            map,
            Part.MAIN,
            manager,
            force,
            "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'}" + more + "}")
        .object();
  }

  ObjectNode applyDeployment(String manager, boolean force, String spec) {
    return apply(
            deployment,
            Part.MAIN,
            manager,
            force,
            "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':"
                + spec
                + "}")
        .object();
  }

  static String owners(ObjectNode object) {
    StringBuilder text = new StringBuilder();
    for (ObjectNode entry : Trees.objects(object, "metadata", "managedFields")) {
      text.append(text.isEmpty() ? "" : "; ")
          .append(Trees.textOrEmpty(entry, "manager"))
          .append(' ')
          .append(Trees.textOrEmpty(entry, "operation"));
      Trees.text(entry, "subresource").ifPresent(part -> text.append('/').append(part));
      text.append(' ').append(entry.path("fieldsV1").toString().replace('"', '\''));
    }
    return text.toString();
  }

  static ApiException refusal(Runnable call) {
    try {
      call.run();
    } catch (ApiException e) {
      return e;
    }
    throw new AssertionError("the call was not refused");
  }
}
