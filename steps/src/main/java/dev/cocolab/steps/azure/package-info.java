/** The commands of {@code cocolab azure}: look before a run on Azure, and clean up after it. */
package dev.cocolab.steps.azure;
