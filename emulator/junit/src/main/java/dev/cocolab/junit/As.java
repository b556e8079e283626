package dev.cocolab.junit;

import dev.cocolab.lab.Persona;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Whose client a parameter of type {@code KubernetesClient} is; without it, the admin's. */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface As {
  Persona value();
}
