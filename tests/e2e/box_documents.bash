# Documents of the corpus in the box: what kvmtune makes of them starts, with all their devices and memory. Sourced by
# box_service, while nothing is tuned yet.
# shellcheck shell=bash disable=SC2016,SC2154 # text for the shell inside; names of the sourcing script

# One that starts as it is and once did not as it was tuned; KVMTUNE_DOCUMENTS=all tries all of them.
documents=(numatune-strict)

documents_start() {
  local names=("${documents[@]/%/.xml}") known=known line
  [[ ${KVMTUNE_DOCUMENTS:-} != all ]] || { known=; mapfile -t names < <(cd "$here/../corpus/valid" && ls -- *.xml); }
  "$box" push "$dir" "$here/../corpus/valid" /root/corpus
  "$box" push "$dir" "$here/start_documents" /root
  inside "cd /root/corpus/valid && /root/start_documents $known ${names[*]}" >"$work/documents" 2>&1
  while read -r line; do
    check "a document as kvmtune wrote it: $line" document_is_good "$line"
  done <"$work/documents"
  check "... all of them were tried" same "$(wc -l <"$work/documents")" "${#names[@]}"
}
# One that does not start as it is either has no say; one that is left alone does not belong into the list.
document_is_good() { [[ $1 == *" starts" || (${KVMTUNE_DOCUMENTS:-} == all && $1 =~ \ (alone|unfit)) ]]; }
