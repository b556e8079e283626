/** The command {@code initdata}: measures, packs and unpacks the initdata document of a pod. */
package dev.cocolab.cli.initdata;
