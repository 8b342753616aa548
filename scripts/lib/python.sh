# Sourced by the scripts: puts the project's virtualenv in place. Sets ROOT and PYTHON (the virtualenv's interpreter).

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"

find_python() { # prints the first interpreter that is new enough and can make virtualenvs
  local candidate seen=""
  for candidate in "${INFERPLANE_PYTHON:-}" python3.11 python3.12 python3.13 python3.14 python3; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        command -v "$candidate"
        return 0
      fi
      seen="$seen $candidate (without the venv module; on Debian: apt-get install $candidate-venv)"
    else
      seen="$seen $candidate ($("$candidate" -V 2>&1 | head -n 1))"
    fi
  done
  {
    echo "error: Python 3.11 or newer is needed"
    echo "  found:${seen:- no Python at all}"
    echo "  fix: install one (https://www.python.org/downloads/), or set INFERPLANE_PYTHON to its path"
  } >&2
  return 2
}

ensure_virtualenv() {
  local base
  base="$(find_python)" || exit 2
  "$base" "$ROOT/scripts/lib/virtualenv.py" "$ROOT" || exit $?
  PYTHON="$ROOT/.venv/bin/python"
}
