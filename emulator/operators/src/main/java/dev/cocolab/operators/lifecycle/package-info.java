/**
 * What happens to objects as others come and go: garbage collection, namespaces, service accounts,
 * endpoints.
 */
package dev.cocolab.operators.lifecycle;
