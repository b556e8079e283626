/** The command {@code cocolab history}: the trend over many runs. */
package dev.cocolab.steps.history;
