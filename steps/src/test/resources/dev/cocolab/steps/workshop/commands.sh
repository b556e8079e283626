#!/usr/bin/env bash
# The workshop's chapters F09, F10, F11 and F13, typed with kubectl where the guide types oc.
# Needs a kubeconfig with the contexts opsec and devel, the file dataset_key in the working
# directory, and the encrypted dataset in the storage account. Prints each command and what it said.
set -u

say() {
  printf '$ %s\n' "$1"
  eval "$1" 2>&1
  local code=$?
  [ "$code" -eq 0 ] || printf 'exit %s\n' "$code"
}

# What the guide watches until a person has seen enough of it.
until_seen() {
  local text=$1 seconds=$2
  shift 2
  for _ in $(seq "$((seconds * 5))"); do
    "$@" 2>/dev/null | grep -q "$text" && return
    sleep 0.2
  done
  printf 'waited %s s for "%s" of: %s\n' "$seconds" "$text" "$*"
}

pod_yaml() { # name, image; the container's environment and volumes from standard input
  cat <<EOF
apiVersion: v1
kind: Pod
metadata:
  name: $1
  namespace: default
spec:
  runtimeClassName: kata-remote
  containers:
    - name: $2
      image: quay.io/confidential-devhub/signed/$3:latest
      securityContext:
        privileged: false
        allowPrivilegeEscalation: false
        runAsNonRoot: true
        runAsUser: 1001
        capabilities:
          drop:
            - ALL
        seccompProfile:
          type: RuntimeDefault
$(cat)
EOF
}

echo '## F09: CoCo with default settings'
say 'kubectl config use-context devel'
pod_yaml sample-fraud-detection fraud-detection fraud-detection </dev/null >sample-fd.yaml
say 'kubectl apply -f sample-fd.yaml'
say 'kubectl wait --for=condition=Ready pods/sample-fraud-detection -n default --timeout=60s'
say 'kubectl get pods/sample-fraud-detection -n default'
until_seen 'Is query 0' 30 kubectl logs pods/sample-fraud-detection -n default
say 'kubectl logs pods/sample-fraud-detection -n default | head -n 4'
say 'kubectl exec pods/sample-fraud-detection -n default -- bash'
say 'kubectl delete pods/sample-fraud-detection -n default --wait=false'

echo '## F10: an unsigned image'
say 'kubectl config use-context opsec'
say "kubectl get secrets/trustee-image-policy -n trustee-operator-system -o jsonpath='{.data.policy}' | base64 -d | tr -d ' \n'; echo"
say 'kubectl config use-context devel'
pod_yaml unsigned-confidential-devhub unsigned-image unsigned-image </dev/null >unsigned-confidential-devhub.yaml
say 'kubectl apply -f unsigned-confidential-devhub.yaml'
until_seen sigstoreSigned 60 kubectl get events -n default --field-selector involvedObject.name=unsigned-confidential-devhub
say "kubectl get events -n default --field-selector involvedObject.name=unsigned-confidential-devhub -o jsonpath='{range .items[?(@.reason==\"Failed\")]}{.message}{\"\\n\"}{end}' | grep sigstoreSigned | head -n 1"
say 'kubectl delete pods/unsigned-confidential-devhub -n default --wait=false'

echo '## F11: a key through an init container'
say 'kubectl config use-context opsec'
say 'kubectl create secret generic fraud-dataset --from-file=dataset_key=./dataset_key -n trustee-operator-system'
say "kubectl patch kbsconfig trusteeconfig-kbs-config -n trustee-operator-system --type=json -p='[{\"op\": \"add\", \"path\": \"/spec/kbsSecretResources/-\", \"value\": \"fraud-dataset\"}]'"
say 'kubectl rollout restart deployment/trustee-deployment -n trustee-operator-system'
say 'kubectl rollout status deployment/trustee-deployment -n trustee-operator-system --timeout=60s | tail -n 1'
say 'kubectl config use-context devel'
{
  pod_yaml decryption-fraud-detection fraud-detection fraud-detection <<'EOF'
      env:
        - name: DECRYPTION_KEY_PATH
          value: /app/downloaded_keys/dataset_key
      volumeMounts:
        - name: downloaded-keys-volume
          mountPath: /app/downloaded_keys
  initContainers:
    - name: fetch-secret
      image: quay.io/confidential-devhub/signed/fraud-detection:latest
      command:
        - /bin/sh
        - -c
        - |
          echo "Content of /app/downloaded_keys:"
          ls -l /app/downloaded_keys
          echo "Downloading key..."
          curl -sf http://localhost:8006/cdh/resource/default/fraud-dataset/dataset_key -o /app/downloaded_keys/dataset_key
          echo "Downloaded decryption key."
          echo "Content of /app/downloaded_keys:"
          ls -l /app/downloaded_keys
      volumeMounts:
        - name: downloaded-keys-volume
          mountPath: /app/downloaded_keys
  volumes:
    - name: downloaded-keys-volume
      emptyDir: {}
EOF
} >decryption-fd.yaml
say 'kubectl apply -f decryption-fd.yaml'
say 'kubectl wait --for=condition=Ready pods/decryption-fraud-detection -n default --timeout=60s'
until_seen 'Inspecting' 30 kubectl logs pods/decryption-fraud-detection -c fraud-detection -n default
say 'kubectl logs pods/decryption-fraud-detection -c fraud-detection -n default | head -n 15'
say 'kubectl logs pods/decryption-fraud-detection -c fetch-secret -n default'
say 'kubectl delete pods/decryption-fraud-detection -n default --wait=false'
say 'kubectl config use-context opsec'
say "POD_NAME=\$(kubectl get pods -n trustee-operator-system -l app=kbs -o jsonpath='{.items[0].metadata.name}')"
say "kubectl logs -c kbs -n trustee-operator-system \"\$POD_NAME\" | grep -e check.passed -e '/resource/' | tail -n 6"

echo '## F13: a sealed secret'
say 'openssl ecparam -name prime256v1 -genkey -noout -out sealed-signing.pem'
b64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
coordinates() { openssl ec -in sealed-signing.pem -pubout -outform DER 2>/dev/null | tail -c 64; }
x=$(coordinates | head -c 32 | b64url)
y=$(coordinates | tail -c 32 | b64url)
printf '{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"sealed-signing","x":"%s","y":"%s"}' "$x" "$y" >sealed-signing-public.json
say 'kubectl create secret generic sealed-signing-key --from-file=jwk_public=./sealed-signing-public.json -n trustee-operator-system'
say "kubectl patch kbsconfig trusteeconfig-kbs-config -n trustee-operator-system --type=json -p='[{\"op\": \"add\", \"path\": \"/spec/kbsSecretResources/-\", \"value\": \"sealed-signing-key\"}]'"
say 'kubectl rollout restart deployment/trustee-deployment -n trustee-operator-system'
say 'kubectl rollout status deployment/trustee-deployment -n trustee-operator-system --timeout=60s | tail -n 1'
# The guide seals with a tool of its own; a JWS is also made with openssl: r and s out of the DER form, 32 bytes each.
header=$(printf '{"alg":"ES256","kid":"kbs:///default/sealed-signing-key/jwk_public"}' | b64url)
payload=$(printf '{"version":"0.1.0","type":"vault","name":"kbs:///default/fraud-dataset/dataset_key","provider":"kbs","provider_settings":{},"annotations":{}}' | b64url)
signature=$(printf '%s.%s' "$header" "$payload" | openssl dgst -sha256 -sign sealed-signing.pem |
  openssl asn1parse -inform DER | sed -n 's/.*INTEGER *://p' |
  while read -r number; do printf '%64s' "$number" | tr ' ' 0; done |
  sed 's/../\\x&/g' | { read -r bytes; printf '%b' "$bytes"; } | b64url)
POINTER="sealed.$header.$payload.$signature"
say 'kubectl config use-context devel'
say 'kubectl create secret generic fraud-dataset-sealed --from-literal=dataset_key=$POINTER -n default'
pod_yaml sealed-fraud-detection fraud-detection fraud-detection >sealed-fd.yaml <<'EOF'
      env:
        - name: DECRYPTION_KEY_PATH
          value: /sealed/decryption/dataset_key
      volumeMounts:
        - name: decryption-key
          mountPath: "/sealed/decryption"
  volumes:
    - name: decryption-key
      secret:
        secretName: fraud-dataset-sealed
EOF
say 'kubectl apply -f sealed-fd.yaml'
say 'kubectl wait --for=condition=Ready pods/sealed-fraud-detection -n default --timeout=60s'
until_seen 'Inspecting' 30 kubectl logs pods/sealed-fraud-detection -n default
say 'kubectl logs pods/sealed-fraud-detection -n default | head -n 15'
say "kubectl get secret fraud-dataset-sealed -n default -o jsonpath='{.data.dataset_key}' | base64 -d | cut -c 1-15"
say 'kubectl delete pods/sealed-fraud-detection -n default --wait=false'
say 'kubectl config use-context opsec'
say "POD_NAME=\$(kubectl get pods -n trustee-operator-system -l app=kbs -o jsonpath='{.items[0].metadata.name}')"
say "kubectl logs -c kbs -n trustee-operator-system \"\$POD_NAME\" | grep '/resource/' | tail -n 4"
