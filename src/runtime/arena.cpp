#include "runtime/arena.h"

#include <algorithm>
#include <limits>
#include <new>
#include <numeric>

namespace quantrail {
namespace {

std::size_t rounded_up(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

/// First and last step that touches a storage.
struct Life {
  std::size_t first = std::numeric_limits<std::size_t>::max();
  std::size_t last = 0;
  void touch(std::size_t step) {
    first = std::min(first, step);
    last = std::max(last, step);
  }
  [[nodiscard]] bool used() const { return first <= last; }
  [[nodiscard]] bool overlaps(const Life& other) const { return first <= other.last && other.first <= last; }
};

std::vector<Life> lives(const Program& program) {
  std::vector<Life> lives(program.storages.size());
  for (std::size_t at = 0; at < program.steps.size(); ++at) {
    for (const auto id : program.steps[at].reads) lives[id].touch(at);
    for (const auto id : program.steps[at].writes) lives[id].touch(at);
  }
  for (std::size_t id = 0; id < lives.size(); ++id) {
    if (program.storages[id].kept) lives[id] = {0, program.steps.size()};
  }
  return lives;
}

struct Place {
  std::size_t offset = 0;
  std::size_t bytes = 0;
  Life life{};
};

/// Lowest offset at which `bytes` fit between the places that live at the same time. `placed` ascends by offset.
std::size_t lowest_offset(const std::vector<Place>& placed, const Life& life, std::size_t bytes) {
  std::size_t offset = 0;
  for (const auto& place : placed) {
    if (!place.life.overlaps(life)) continue;
    if (offset + bytes <= place.offset) break;
    offset = std::max(offset, place.offset + place.bytes);
  }
  return offset;
}

}  // namespace

ArenaLayout arranged(const Program& program) {
  const auto& storages = program.storages;
  const auto life = lives(program);
  std::vector<StorageId> order(storages.size());
  std::iota(order.begin(), order.end(), StorageId{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return storages[a].bytes > storages[b].bytes; });

  ArenaLayout layout{std::vector<std::size_t>(storages.size(), 0), 0, 0};
  std::vector<Place> placed;
  for (const auto id : order) {
    if (storages[id].constant || !life[id].used()) continue;
    const Place place{lowest_offset(placed, life[id], rounded_up(storages[id].bytes)), rounded_up(storages[id].bytes),
                      life[id]};
    const auto behind = std::upper_bound(placed.begin(), placed.end(), place.offset,
                                         [](std::size_t offset, const Place& other) { return offset < other.offset; });
    placed.insert(behind, place);
    layout.offsets[id] = place.offset;
    layout.scratch = std::max(layout.scratch, place.offset + place.bytes);
  }
  std::size_t scratch = 0;
  for (const auto& step : program.steps) scratch = std::max(scratch, step.scratch_bytes);
  layout.bytes = layout.scratch + rounded_up(scratch);
  return layout;
}

AlignedBytes::AlignedBytes(std::size_t bytes)
    : data_(static_cast<std::byte*>(std::aligned_alloc(kAlignment, std::max(rounded_up(bytes), kAlignment)))) {
  if (!data_) throw std::bad_alloc();
}

}  // namespace quantrail
