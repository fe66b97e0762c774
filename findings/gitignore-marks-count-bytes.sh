#!/bin/sh
# In .gitignore, git's `?` and `[…]` stand for one byte and not for one character: none of them matches a Chinese
# character, which has three. Libraries that say they match as git does take characters.
#
# Seen with git 2.39.5 (check-ignore), pathspec 1.1.1 (PyPI, GitIgnoreSpec) and ignore 7.0.5 (npm, what ESLint and others
# use), each asked whether the pattern ignores the path:
#   ?.md         中.md   git no    pathspec yes   ignore yes
#   ???.md       中.md   git yes   pathspec no    ignore no
#   [归档].md    归.md   git no    pathspec yes   ignore yes
#   [!a].md      中.md   git no    pathspec yes   ignore no
#   中*          中.md   git yes   pathspec yes   ignore yes
# So a list of notes that a tool makes by such a library is not the list that git goes by. `*` is safe with all of them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pathspec==1.1.1
npm init -y >/dev/null
npm install --silent --no-fund --no-audit ignore@7.0.5 >/dev/null
git init -q repository
cat > cases <<'CASES'
?.md 中.md
???.md 中.md
[归档].md 归.md
[!a].md 中.md
中* 中.md
CASES
while read -r pattern path; do
  printf '%s\n' "$pattern" > repository/.gitignore
  by_git=no
  if git -C repository check-ignore --quiet --no-index "$path"; then by_git=yes; fi
  by_pathspec=$(venv/bin/python -c 'import sys; from pathspec import GitIgnoreSpec
print("yes" if GitIgnoreSpec.from_lines([sys.argv[1]]).match_file(sys.argv[2]) else "no")' "$pattern" "$path")
  by_ignore=$(node -e 'const ignore = require("ignore");
console.log(ignore().add(process.argv[1]).ignores(process.argv[2]) ? "yes" : "no")' "$pattern" "$path")
  printf '%s %s git %s pathspec %s ignore %s\n' "$pattern" "$path" "$by_git" "$by_pathspec" "$by_ignore"
done < cases | tee seen
cat > wanted <<'WANTED'
?.md 中.md git no pathspec yes ignore yes
???.md 中.md git yes pathspec no ignore no
[归档].md 归.md git no pathspec yes ignore yes
[!a].md 中.md git no pathspec yes ignore no
中* 中.md git yes pathspec yes ignore yes
WANTED
diff wanted seen
