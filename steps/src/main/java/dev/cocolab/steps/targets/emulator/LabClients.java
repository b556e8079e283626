package dev.cocolab.steps.targets.emulator;

import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Persona;
import dev.cocolab.steps.targets.Clients;
import io.fabric8.kubernetes.client.KubernetesClient;

record LabClients(Lab lab) implements Clients {
  @Override
  public KubernetesClient opSec() {
    return lab.client(Persona.OPSEC);
  }

  @Override
  public KubernetesClient clusterAdmin() {
    return lab.client(Persona.UADMIN);
  }

  @Override
  public KubernetesClient developer() {
    return lab.client(Persona.DEVEL);
  }

  @Override
  public String kubeconfig() {
    return lab.kubeconfig().toYaml();
  }
}
