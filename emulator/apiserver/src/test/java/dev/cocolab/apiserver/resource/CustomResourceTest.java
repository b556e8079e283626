package dev.cocolab.apiserver.resource;

import static dev.cocolab.apiserver.resource.ServiceFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.codec.DecodedBody;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.resource.WriteOptions.FieldValidation;
import dev.cocolab.apiserver.selector.FieldSelector;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class CustomResourceTest {
  private static final String DEFINITION =
      "{'metadata':{'name':'widgets.lab.example.org'},'spec':{'group':'lab.example.org','scope':'Namespaced','names':"
          + "{'plural':'widgets','kind':'Widget'},'versions':[{'name':'v1alpha1','served':true,'storage':true,'subresources':"
          + "{'status':{},'scale':{'specReplicasPath':'.spec.size','statusReplicasPath':'.status.size'}},'schema':"
          + "{'openAPIV3Schema':{'type':'object','required':['spec'],'properties':{'spec':{'type':'object','properties':{"
          + "'size':{'type':'integer','minimum':0,'default':1},'colour':{'type':'string','enum':['red','blue']},"
          + "'list':{'type':'array','items':{'type':'string'}},'free':{'type':'object',"
          + "'x-kubernetes-preserve-unknown-fields':true}}},'status':{'type':'object','properties':{'size':{'type':'integer'},"
          + "'isReady':{'type':'boolean'}}}}}}}]}}";

  private final ServiceFixture lab = new ServiceFixture();

  private ObjectNode define() {
    return lab.create(
        lab.target("apiextensions.k8s.io", "customresourcedefinitions", "", ""), DEFINITION);
  }

  private Target widget(String name) {
    return lab.target("lab.example.org", "widgets", "default", name);
  }

  @Test
  void aDefinitionIsEstablishedAndServed() {
    ObjectNode definition = define();

    assertThat(Trees.objects(definition, "status", "conditions"))
        .extracting(c -> Trees.textOrEmpty(c, "type") + "=" + Trees.textOrEmpty(c, "status"))
        .containsExactly("NamesAccepted=True", "Established=True");
    assertThat(Trees.textOrEmpty(definition, "status", "acceptedNames", "listKind"))
        .isEqualTo("WidgetList");
    assertThat(lab.registry.find("lab.example.org", "v1alpha1", "widgets")).isPresent();
  }

  @Test
  void aDefinitionWithoutASchemaIsRefused() {
    assertThatThrownBy(
            () ->
                lab.create(
                    lab.target("apiextensions.k8s.io", "customresourcedefinitions", "", ""),
                    "{'metadata':{'name':'a.b'},'spec':{'group':'b','scope':'Namespaced','names':{'plural':'a','kind':'A'},"
                        + "'versions':[{'name':'v1','served':true,'storage':true}]}}"))
        .hasMessageContaining(
            "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required");
  }

  @Test
  void aConversionWebhookIsRefused() {
    assertThatThrownBy(
            () ->
                lab.create(
                    lab.target("apiextensions.k8s.io", "customresourcedefinitions", "", ""),
                    DEFINITION.replace(
                        "'scope':'Namespaced'",
                        "'scope':'Namespaced','conversion':{'strategy':'Webhook'}")))
        .hasMessageContaining(
            "spec.conversion.strategy: Unsupported value: \"Webhook\": supported values: \"None\"");
  }

  @Test
  void declaredFieldsAreSelectable() {
    lab.create(
        lab.target("apiextensions.k8s.io", "customresourcedefinitions", "", ""),
        DEFINITION.replace(
            "'storage':true", "'storage':true,'selectableFields':[{'jsonPath':'.spec.colour'}]"));
    ObjectNode red = lab.create(widget(""), "{'metadata':{'name':'w'},'spec':{'colour':'red'}}");

    assertThat(FieldSelector.parse("spec.colour=red", widget("").type()).matches(red)).isTrue();
    assertThat(FieldSelector.parse("spec.colour=blue", widget("").type()).matches(red)).isFalse();
    assertThatThrownBy(() -> FieldSelector.parse("spec.size=1", widget("").type()))
        .hasMessage("field label not supported: spec.size");
  }

  @Test
  void objectsAreDefaultedPrunedAndChecked() {
    define();

    ObjectNode created =
        lab.create(
            widget(""),
            "{'metadata':{'name':'w'},'spec':{'colour':'red','wheels':4,'free':{'any':{'thing':1}}}}");
    assertThat(created.path("spec").toString())
        .isEqualTo("{\"colour\":\"red\",\"free\":{\"any\":{\"thing\":1}},\"size\":1}");
    assertThat(lab.warnings).containsExactly("unknown field \"spec.wheels\"");
    assertThat(Trees.number(created, "metadata", "generation")).hasValue(1);

    assertThatThrownBy(
            () ->
                lab.create(
                    widget(""), "{'metadata':{'name':'x'},'spec':{'colour':'green','size':-1}}"))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID))
        .hasMessageContaining(
            "spec.colour: Unsupported value: \"green\": supported values: \"red\", \"blue\"")
        .hasMessageContaining(
            "spec.size: Invalid value: -1: spec.size in body should be greater than or equal to 0");
    assertThatThrownBy(() -> lab.create(widget(""), "{'metadata':{'name':'x'}}"))
        .hasMessage("Widget.lab.example.org \"x\" is invalid: spec: Required value");
    assertThatThrownBy(
            () ->
                lab.service
                    .writer()
                    .create(
                        widget(""),
                        new DecodedBody(
                            json(
                                "{'apiVersion':'lab.example.org/v1alpha1','metadata':{'name':'x'},'spec':{'wheels':1}}"),
                            List.of()),
                        lab.options(FieldValidation.STRICT)))
        .hasMessageContaining("strict decoding error: unknown field \"spec.wheels\"");
  }

  @Test
  void statusScaleAndGenerationWorkAsDeclared() {
    define();
    lab.create(widget(""), "{'metadata':{'name':'w'},'spec':{},'status':{'isReady':true}}");
    assertThat(lab.get(widget("w")).has("status")).isFalse();

    lab.merge(widget("w"), Part.STATUS, "{'spec':{'size':9},'status':{'size':1}}");
    assertThat(lab.get(widget("w")).path("spec").toString()).isEqualTo("{\"size\":1}");
    assertThat(Trees.number(lab.get(widget("w")), "metadata", "generation")).hasValue(1);

    ObjectNode scale =
        lab.service
            .subresources()
            .changeScale(
                widget("w"),
                s -> {
                  Trees.child(s, "spec").put("replicas", 3);
                  return s;
                },
                lab.options(FieldValidation.WARN));
    assertThat(Trees.number(scale, "spec", "replicas")).hasValue(3);
    assertThat(Trees.number(lab.get(widget("w")), "spec", "size")).hasValue(3);
    assertThat(Trees.number(lab.get(widget("w")), "metadata", "generation")).hasValue(2);
  }

  @Test
  void aReplaceSaysWhichVersionItHasSeen() {
    define();
    lab.create(widget(""), "{'metadata':{'name':'w'},'spec':{}}");

    assertThatThrownBy(
            () ->
                lab.replace(
                    widget("w"),
                    json(
                        "{'apiVersion':'lab.example.org/v1alpha1','metadata':{'name':'w'},'spec':{}}")))
        .hasMessageContaining(
            "metadata.resourceVersion: Invalid value: 0x0: must be specified for an update");
  }

  @Test
  void aStrategicPatchIsUnsupported() {
    define();
    lab.create(widget(""), "{'metadata':{'name':'w'},'spec':{}}");

    assertThatThrownBy(
            () ->
                lab.service
                    .patches()
                    .patch(
                        widget("w"),
                        Part.MAIN,
                        "application/strategic-merge-patch+json",
                        new byte[] {'{', '}'},
                        lab.options(FieldValidation.WARN)))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.UNSUPPORTED_MEDIA_TYPE));
  }

  @Test
  void deletingADefinitionDeletesItsObjects() {
    define();
    lab.create(widget(""), "{'metadata':{'name':'w'},'spec':{}}");
    lab.create(widget(""), "{'metadata':{'name':'held','finalizers':['a/b']},'spec':{}}");
    Target held = widget("held");
    Target definition =
        lab.target(
            "apiextensions.k8s.io", "customresourcedefinitions", "", "widgets.lab.example.org");

    assertThat(lab.delete(definition, "{}").gone()).isFalse();
    assertThatThrownBy(() -> lab.get(widget("w"))).hasMessageContaining("not found");

    lab.merge(held, Part.MAIN, "{'metadata':{'finalizers':null}}");
    assertThatThrownBy(() -> lab.get(definition)).hasMessageContaining("not found");
    assertThat(lab.registry.find("lab.example.org", "v1alpha1", "widgets")).isEmpty();
  }
}
