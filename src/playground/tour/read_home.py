"""Reads a configuration home as the package would: with PyYAML and cryptography. Prints counts as JSON, no value."""
import json
import sys
from pathlib import Path

try:
    import yaml
    from cryptography.fernet import Fernet
except ImportError as missing:
    print(json.dumps({"missing": missing.name}))
    sys.exit(0)

home = Path(sys.argv[1])
config = yaml.safe_load((home / "config.yaml").read_text())
registry = yaml.safe_load((home / "projects" / "registry.yaml").read_text())
store = json.loads((home / "credentials.enc").read_text())
key = Fernet((home / "credentials.key").read_bytes())
opened = [key.decrypt(entry["encrypted_value"].encode()) for entry in store["credentials"].values()]
print(
    json.dumps(
        {
            "sections": len(config),
            "guild_id": config["discord"]["guild_id"],
            "projects": len(registry["projects"]),
            "secrets": len([value for value in opened if value]),
        }
    )
)
