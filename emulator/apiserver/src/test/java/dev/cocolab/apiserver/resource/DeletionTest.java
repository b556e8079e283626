package dev.cocolab.apiserver.resource;

import static dev.cocolab.apiserver.resource.ServiceFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.codec.DecodedBody;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.resource.WriteOptions.FieldValidation;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DeletionTest {
  private final ServiceFixture lab = new ServiceFixture();

  @Test
  void finalizersHoldAnObjectUntilTheLastIsGone() {
    Target map = lab.target("", "configmaps", "default", "m");
    lab.create(map.named(""), "{'metadata':{'name':'m','finalizers':['a/x']}}");

    assertThat(lab.delete(map, "{}").gone()).isFalse();
    assertThat(Trees.textOrEmpty(lab.get(map), "metadata", "deletionTimestamp"))
        .isEqualTo("2026-03-01T10:00:00Z");

    lab.merge(map, Part.MAIN, "{'metadata':{'finalizers':null}}");
    assertThatThrownBy(() -> lab.get(map)).hasMessage("configmaps \"m\" not found");
  }

  @Test
  void whatIsBeingDeletedGetsNoNewFinalizer() {
    Target map = lab.target("", "configmaps", "default", "m");
    lab.create(map.named(""), "{'metadata':{'name':'m','finalizers':['a/x']}}");
    lab.delete(map, "{}");

    assertThatThrownBy(() -> lab.merge(map, Part.MAIN, "{'metadata':{'finalizers':['a/x','b/y']}}"))
        .hasMessageContaining(
            "no new finalizers can be added if the object is being deleted, found new finalizers []string{\"b/y\"}");
  }

  @Test
  void eventsGoAnHourAfterTheyWereSeen() {
    Target events = lab.target("", "events", "default", "");
    lab.create(events, "{'metadata':{'name':'old'},'lastTimestamp':'2026-03-01T10:00:00Z'}");
    lab.create(events, "{'metadata':{'name':'seen'},'lastTimestamp':'2026-03-01T10:30:00Z'}");
    Clock later = Clock.fixed(ServiceFixture.NOW.plus(Duration.ofMinutes(61)), ZoneOffset.UTC);

    new EventExpiry(lab.service.store(), later).sweep();

    assertThatThrownBy(() -> lab.get(events.named("old"))).hasMessage("events \"old\" not found");
    assertThat(lab.get(events.named("seen"))).isNotNull();
  }

  @Test
  void aPodOnANodeGetsTimeToStop() {
    lab.createPod("p");
    lab.service
        .subresources()
        .bind(lab.pod("p"), json("{'target':{'name':'n1'}}"), lab.options(FieldValidation.WARN));

    assertThat(lab.delete(lab.pod("p"), "{}").gone()).isFalse();
    ObjectNode dying = lab.get(lab.pod("p"));
    assertThat(Trees.textOrEmpty(dying, "metadata", "deletionTimestamp"))
        .isEqualTo("2026-03-01T10:00:30Z");
    assertThat(Trees.number(dying, "metadata", "deletionGracePeriodSeconds")).hasValue(30);

    assertThat(lab.delete(lab.pod("p"), "{'gracePeriodSeconds':0}").gone()).isTrue();
  }

  @Test
  void aPodWithoutANodeGoesAtOnce() {
    lab.createPod("p");

    assertThat(lab.delete(lab.pod("p"), "{}").gone()).isTrue();
  }

  @Test
  void preconditionsMustHold() {
    lab.createPod("p");

    assertThatThrownBy(() -> lab.delete(lab.pod("p"), "{'preconditions':{'uid':'other'}}"))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFLICT))
        .hasMessageContaining(
            "the UID in the precondition (other) does not match the UID in record");
    assertThatThrownBy(() -> lab.delete(lab.pod("p"), "{'preconditions':{'resourceVersion':'1'}}"))
        .hasMessageContaining("the ResourceVersion in the precondition (1) does not match");
  }

  @Test
  void propagationIsLeftToTheGarbageCollector() {
    Target map = lab.target("", "configmaps", "default", "m");
    lab.create(map.named(""), "{'metadata':{'name':'m'}}");

    lab.delete(map, "{'propagationPolicy':'Foreground'}");

    assertThat(Trees.texts(lab.get(map), "metadata", "finalizers"))
        .containsExactly("foregroundDeletion");
    assertThatThrownBy(() -> lab.delete(map, "{'propagationPolicy':'Sideways'}"))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID));
  }

  @Test
  void aNamespaceEndsWhenItIsFinalized() {
    Target namespace = lab.target("", "namespaces", "", "n");
    lab.create(namespace.named(""), "{'metadata':{'name':'n'}}");
    assertThat(
            Trees.textOrEmpty(
                lab.get(namespace), "metadata", "labels", "kubernetes.io/metadata.name"))
        .isEqualTo("n");

    lab.delete(namespace, "{}");
    assertThat(Trees.textOrEmpty(lab.get(namespace), "status", "phase")).isEqualTo("Terminating");
    assertThatThrownBy(
            () -> lab.create(lab.target("", "configmaps", "n", ""), "{'metadata':{'name':'m'}}"))
        .hasMessage(
            "configmaps \"m\" is forbidden: unable to create new content in namespace n because it is being terminated");

    lab.service
        .subresources()
        .finalizeNamespace(
            namespace,
            new DecodedBody(json("{'spec':{}}"), List.of()),
            lab.options(FieldValidation.WARN));
    assertThatThrownBy(() -> lab.get(namespace)).hasMessage("namespaces \"n\" not found");
  }

  @Test
  void theDefaultNamespaceStays() {
    assertThatThrownBy(() -> lab.delete(lab.target("", "namespaces", "", "default"), "{}"))
        .hasMessage("namespaces \"default\" is forbidden: this namespace may not be deleted");
  }
}
