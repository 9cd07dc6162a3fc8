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

  [[nodiscard]] Content content(StorageId id) const { return {held_[id], id, program_.storages[id].bytes}; }
  /// Whether something was in `id` before that a step may leave a part of.
  [[nodiscard]] bool written(StorageId id) const { return written_[id]; }

  void run(const Step& step) {
    Hasher hasher;
    hasher.add(step.identity);
    for (const auto id : step.reads) hasher.add(held_[id]);
    for (const auto id : step.writes) {
      if (written_[id]) hasher.add(held_[id]);
    }
    const Digest made = hasher.finish();
    for (std::size_t at = 0; at < step.writes.size(); ++at) {
      Hasher one;
      one.add(made).add(static_cast<std::int64_t>(at));
      held_[step.writes[at]] = one.finish();
      written_[step.writes[at]] = true;
    }
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
  for (const auto id : inputs) contents[0].push_back(tracker.content(id));
  for (std::size_t at = 0; at < program.steps.size(); ++at) {
    tracker.run(program.steps[at]);
    for (const auto id : program.steps[at].writes) contents[at + 1].push_back(tracker.content(id));
  }
  return contents;
}

Suffix suffix_of(const Program& program, const std::vector<StorageId>& inputs, const std::vector<StorageId>& wanted,
                 const std::map<Digest, std::size_t>& known) {
  const Contents contents = contents_of(program, inputs);
  // Per step and written storage: whether it held something before, which then counts as read.
  std::vector<bool> written(program.storages.size(), false);
  for (const auto id : inputs) written[id] = true;
  std::vector<std::vector<StorageId>> before(program.steps.size());
  for (std::size_t at = 0; at < program.steps.size(); ++at) {
    for (const auto id : program.steps[at].writes) {
      if (written[id]) before[at].push_back(id);
      written[id] = true;
    }
  }
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
    needed.insert(before[at - 1].begin(), before[at - 1].end());
    for (const auto id : step.reads) {
      if (!program.storages[id].constant) needed.insert(id);
    }
  }
  std::reverse(suffix.parts.begin(), suffix.parts.end());
  return suffix;
}

}  // namespace quantrail
