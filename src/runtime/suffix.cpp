#include "runtime/suffix.h"

#include <algorithm>
#include <set>

namespace quantrail {
namespace {

/// What storages hold while the steps run one after another.
class Tracker {
 public:
  Tracker(const Program& program, const std::vector<StorageId>& inputs)
      : program_(program), held_(program.storages.size()), written_(program.storages.size(), false) {
    for (StorageId id = 0; id < held_.size(); ++id) held_[id] = program.storages[id].meaning;
    for (std::size_t at = 0; at < inputs.size(); ++at) {
      Hasher hasher;
      hasher.add("input").add(static_cast<std::int64_t>(at));
      held_[inputs[at]] = hasher.finish();
      written_[inputs[at]] = true;
    }
  }

  [[nodiscard]] Content input(StorageId id) const { return {held_[id], id, program_.storages[id].bytes, false}; }

  /// What the step leaves.
  std::vector<Content> run(const Step& step) {
    Hasher hasher;
    hasher.add(step.identity);
    for (const auto id : step.reads) hasher.add(held_[id]);
    for (const auto id : step.writes) {
      if (written_[id]) hasher.add(held_[id]);
    }
    const Digest made = hasher.finish();
    std::vector<Content> contents;
    for (std::size_t at = 0; at < step.writes.size(); ++at) {
      const StorageId id = step.writes[at];
      Hasher one;
      one.add(made).add(static_cast<std::int64_t>(at));
      held_[id] = one.finish();
      contents.push_back({held_[id], id, program_.storages[id].bytes, written_[id]});
      written_[id] = true;
    }
    return contents;
  }

 private:
  const Program& program_;
  std::vector<Digest> held_;
  std::vector<bool> written_;
};

}  // namespace

Contents contents_of(const Program& program, const std::vector<StorageId>& inputs) {
  Tracker tracker(program, inputs);
  Contents contents;
  for (const auto id : inputs) contents[0].push_back(tracker.input(id));
  for (std::size_t at = 0; at < program.steps.size(); ++at) contents[at + 1] = tracker.run(program.steps[at]);
  return contents;
}

Suffix suffix_of(const Program& program, const std::vector<StorageId>& inputs, const std::vector<StorageId>& wanted,
                 const std::map<Digest, std::size_t>& known) {
  const Contents contents = contents_of(program, inputs);
  std::set<StorageId> needed(wanted.begin(), wanted.end());
  Suffix suffix;
  for (std::size_t at = program.steps.size() + 1; at-- > 0;) {
    const auto made = contents.find(at);
    if (made == contents.end()) continue;
    bool runs = false;
    for (const auto& content : made->second) {
      if (!needed.contains(content.storage)) continue;
      needed.erase(content.storage);
      if (known.contains(content.digest)) {
        suffix.parts.push_back({.step = at, .content = content});
      } else {
        runs = true;
      }
    }
    if (!runs || at == 0) continue;  // inputs are there
    const Step& step = program.steps[at - 1];
    suffix.parts.push_back({.runs = true, .step = at - 1});
    for (const auto& content : made->second) {
      if (content.adds) needed.insert(content.storage);
    }
    for (const auto id : step.reads) {
      if (!program.storages[id].constant) needed.insert(id);
    }
  }
  std::reverse(suffix.parts.begin(), suffix.parts.end());
  return suffix;
}

}  // namespace quantrail
