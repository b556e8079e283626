/** How people and programs reach a lab's API server: client certificates and kubeconfigs. */
package dev.cocolab.lab.access;
