/** Stand-ins for Entra ID, ARM, the price list and blob storage, each over HTTPS on 127.0.0.1. */
package dev.cocolab.azure.fakes;
