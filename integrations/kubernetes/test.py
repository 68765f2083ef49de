#!/usr/bin/env python3
"""Holds the manifests beside this file against the schema of Kubernetes, and starts the watches that they start.

    integrations/kubernetes/test.py PROGRAM

The table has, of each type that they use, the members that a manifest like these may have; `!`: it must be there. By
https://kubernetes.io/docs/reference/kubernetes-api/ (v1.31; the members are stable since v1.29).
"""
import pathlib, signal, subprocess, sys, tempfile, time

try:
    import yaml
except ImportError:
    sys.exit(77)

HERE = pathlib.Path(__file__).parent
KINDS = {"Pod": "v1", "DaemonSet": "apps/v1", "Job": "batch/v1"}
SCALARS = {"string": str, "integer": int, "boolean": bool, "map": dict}
TYPES = {
    "Pod": "metadata:Meta! spec:PodSpec!",
    "DaemonSet": "metadata:Meta! spec:DaemonSetSpec!",
    "Job": "metadata:Meta! spec:JobSpec!",
    "Meta": "name:string namespace:string labels:map annotations:map",
    "Template": "metadata:Meta spec:PodSpec!",
    "Selector": "matchLabels:map!",
    "DaemonSetSpec": "selector:Selector! template:Template! updateStrategy:map minReadySeconds:integer revisionHistoryLimit:integer",
    "JobSpec": "template:Template! completionMode:string completions:integer parallelism:integer backoffLimit:integer"
    " backoffLimitPerIndex:integer maxFailedIndexes:integer activeDeadlineSeconds:integer ttlSecondsAfterFinished:integer"
    " suspend:boolean podFailurePolicy:FailurePolicy",
    "FailurePolicy": "rules:[FailureRule]!",
    "FailureRule": "action:string! onExitCodes:OnExitCodes onPodConditions:[OnPodCondition]",
    "OnExitCodes": "containerName:string operator:string! values:[integer]!",
    "OnPodCondition": "type:string! status:string!",
    "PodSpec": "containers:[Container]! initContainers:[Container] volumes:[Volume] restartPolicy:string nodeSelector:map"
    " terminationGracePeriodSeconds:integer automountServiceAccountToken:boolean serviceAccountName:string"
    " securityContext:PodSecurity hostNetwork:boolean hostPID:boolean tolerations:[map] priorityClassName:string",
    "PodSecurity": "fsGroup:integer runAsUser:integer runAsGroup:integer runAsNonRoot:boolean seccompProfile:Seccomp",
    "Container": "name:string! image:string command:[string] args:[string] env:[map] workingDir:string volumeMounts:[Mount]"
    " resources:Resources securityContext:Security imagePullPolicy:string",
    "Mount": "name:string! mountPath:string! readOnly:boolean subPath:string",
    "Resources": "requests:map limits:map",
    "Security": "allowPrivilegeEscalation:boolean privileged:boolean readOnlyRootFilesystem:boolean runAsNonRoot:boolean"
    " runAsUser:integer runAsGroup:integer capabilities:Capabilities seccompProfile:Seccomp",
    "Capabilities": "add:[string] drop:[string]",
    "Seccomp": "type:string! localhostProfile:string",
    "Volume": "name:string! emptyDir:EmptyDir hostPath:HostPath persistentVolumeClaim:map configMap:map",
    "EmptyDir": "medium:string sizeLimit:string",
    "HostPath": "path:string! type:string",
}
WORDS = {
    "completionMode": ["NonIndexed", "Indexed"],
    "restartPolicy": ["Always", "OnFailure", "Never"],
    "action": ["FailJob", "FailIndex", "Ignore", "Count"],
    "operator": ["In", "NotIn"],
    "status": ["True", "False", "Unknown"],
}


def flaws(value, kind, at):
    """What of a value is not of a type."""
    if kind.startswith("["):
        if not isinstance(value, list):
            return [f"{at}: no list"]
        return [f for n, v in enumerate(value) for f in flaws(v, kind[1:-1], f"{at}[{n}]")]
    if kind in SCALARS:
        fits = isinstance(value, SCALARS[kind]) and (kind == "boolean" or not isinstance(value, bool))
        fits = fits and value in WORDS.get(at.split(".")[-1], [value])
        return [] if fits else [f"{at}: {value!r} is none"]
    if not isinstance(value, dict):
        return [f"{at}: no object"]
    members = dict(m.split(":") for m in TYPES[kind].split())
    known = {n: k.rstrip("!") for n, k in members.items()}
    lacks = [f"{at}: lacks {n}" for n, k in members.items() if k.endswith("!") and n not in value]
    return lacks + [f for n, v in value.items() for f in (flaws(v, known[n], f"{at}.{n}") if n in known else [f"{at}: {n}"])]


def checked(manifest):
    kind, version = manifest.pop("kind"), manifest.pop("apiVersion")
    assert KINDS.get(kind) == version, (kind, version)
    found = flaws(manifest, kind, kind)
    spec = manifest["spec"]
    pod = spec if kind == "Pod" else spec["template"]["spec"]
    if kind == "DaemonSet" and not spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items():
        found.append("its selector does not select its pods")
    if kind == "Job" and pod.get("restartPolicy") not in ("Never", "OnFailure"):
        found.append("a job is never always restarted")
    volumes = {v["name"] for v in pod.get("volumes", [])}
    mounts = [m for c in pod["containers"] for m in c.get("volumeMounts", [])]
    found += [f"no volume {m['name']}" for m in mounts if m["name"] not in volumes]
    return found, pod


def watches(program, container):
    """Starts a watch with its arguments, its volumes below a folder of its own."""
    with tempfile.TemporaryDirectory() as root:
        paths = [m["mountPath"] for m in container["volumeMounts"]]
        for p in paths:
            pathlib.Path(root + p).mkdir(parents=True)
        args = [root + a if a.startswith("/") else a for a in container["args"]]
        run = subprocess.Popen([program, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert '"start"' in run.stdout.readline(), run.stderr.read()
        log = pathlib.Path(root + paths[0]) / "access.log"
        log.write_text('192.0.2.1 - - [10/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n' * 50)
        assert '"input"' in run.stdout.readline()
        time.sleep(2)
        run.send_signal(signal.SIGTERM)
        out, err = run.communicate(timeout=60)
        assert run.returncode == 0 and '"end"' in out, (out, err)
        assert pathlib.Path(root + args[args.index("--state") + 1].removeprefix(root)).exists()


def main():
    for path in sorted(HERE.glob("*.yaml")):
        text = path.read_text()
        for manifest in yaml.safe_load_all(text):
            found, pod = checked(manifest)
            assert not found, (path.name, found)
            for c in pod["containers"]:
                if "watch" in c.get("args", []):
                    assert text.startswith("# Try it: "), path.name
                    watches(sys.argv[1], c)
    # what is wrong is seen
    bad = yaml.safe_load((HERE / "watch-sidecar.yaml").read_text())
    bad["spec"]["containers"][1]["securityContext"] |= {"runAsUser": "65532", "runAsRoot": False}
    bad["spec"]["volumes"].pop()
    assert len(checked(bad)[0]) == 3
    print("manifests: all right")


main()
