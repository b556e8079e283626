/**
 * What a run on Azure Red Hat OpenShift needs of Azure: sign-in, cluster, pod VMs, quota, prices,
 * blobs, and the clean-up after it.
 *
 * <p>Callers see small ports ({@link dev.cocolab.azure.identity.CloudIdentity}, {@link
 * dev.cocolab.azure.control.CloudControl}, {@link dev.cocolab.azure.blobs.RunContainer}, {@link
 * dev.cocolab.azure.cost.Prices}); {@link dev.cocolab.azure.AzureAccess} makes the real ones. Every
 * failure is an {@link dev.cocolab.azure.AzureException} whose text holds no secret.
 */
package dev.cocolab.azure;
