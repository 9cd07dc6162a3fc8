#include "metrics/average_precision.h"

#include <algorithm>
#include <cassert>

namespace quantrail {
namespace {

constexpr std::size_t kPerClass = 2;
constexpr std::size_t kPerDetection = 4;
constexpr std::int64_t kRecalls = 101;

/// The object for `found` among those not yet taken at this threshold; null without any.
const MarkedObject* best_match(const Detection& found, std::span<const MarkedObject> objects,
                               const std::vector<bool>& taken, double threshold) {
  const MarkedObject* best = nullptr;
  double most = threshold;
  for (std::size_t at = 0; at < objects.size(); ++at) {
    const auto& object = objects[at];
    if (object.crowd || taken[at] || object.category != found.category) continue;
    const double overlap = overlap_of(found.box, object.box);
    if (overlap < most) continue;
    most = overlap;
    best = &object;
  }
  return best;
}

bool lies_in_crowd(const Detection& found, std::span<const MarkedObject> objects, double threshold) {
  return std::any_of(objects.begin(), objects.end(), [&](const auto& object) {
    if (!object.crowd || object.category != found.category) return false;
    const double shared = shared_area(found.box, object.box);
    return shared > 0.0 && shared >= threshold * area_of(found.box);
  });
}

/// Average precision of one class at the threshold `bit`; `found` by descending score, `objects` > 0 to find.
double average_precision(std::span<const JudgedDetection> found, std::uint32_t bit, std::int64_t objects) {
  std::vector<std::int64_t> right;  // after each detection that counts
  std::vector<double> precision;
  for (const auto& one : found) {
    if ((one.ignored & bit) != 0) continue;
    right.push_back((right.empty() ? 0 : right.back()) + ((one.right & bit) != 0 ? 1 : 0));
    precision.push_back(static_cast<double>(right.back()) / static_cast<double>(right.size()));
  }
  for (std::size_t at = precision.size(); at > 1; --at)
    precision[at - 2] = std::max(precision[at - 2], precision[at - 1]);
  double sum = 0.0;
  std::size_t at = 0;
  for (std::int64_t recall = 0; recall < kRecalls; ++recall) {
    while (at < right.size() && right[at] * (kRecalls - 1) < recall * objects) ++at;
    if (at == right.size()) break;
    sum += precision[at];
  }
  return sum / kRecalls;
}

}  // namespace

JudgedImage judged(std::span<const Detection> detections, std::span<const MarkedObject> objects,
                   std::span<const double> thresholds) {
  assert(thresholds.size() <= 32);
  JudgedImage image;
  for (const auto& object : objects) {
    if (!object.crowd) ++image.objects[object.category];
  }
  for (const auto& found : detections) image.detections.push_back({found.category, found.score});
  for (std::size_t at = 0; at < thresholds.size(); ++at) {
    const std::uint32_t bit = std::uint32_t{1} << at;
    std::vector<bool> taken(objects.size(), false);
    for (std::size_t i = 0; i < detections.size(); ++i) {
      if (const auto* match = best_match(detections[i], objects, taken, thresholds[at])) {
        taken[static_cast<std::size_t>(match - objects.data())] = true;
        image.detections[i].right |= bit;
      } else if (lies_in_crowd(detections[i], objects, thresholds[at])) {
        image.detections[i].ignored |= bit;
      }
    }
  }
  return image;
}

double mean_average_precision(std::span<const JudgedImage> images, std::size_t thresholds) {
  std::map<std::int64_t, std::int64_t> objects;
  for (const auto& image : images) {
    for (const auto& [category, count] : image.objects) objects[category] += count;
  }
  std::map<std::int64_t, std::vector<JudgedDetection>> found;
  for (const auto& image : images) {
    for (const auto& one : image.detections) {
      if (objects.contains(one.category)) found[one.category].push_back(one);
    }
  }
  double sum = 0.0;
  for (const auto& [category, count] : objects) {
    auto& detections = found[category];
    std::stable_sort(detections.begin(), detections.end(), [](auto& a, auto& b) { return a.score > b.score; });
    for (std::size_t at = 0; at < thresholds; ++at) {
      sum += average_precision(detections, std::uint32_t{1} << at, count);
    }
  }
  return objects.empty() ? 0.0 : sum / static_cast<double>(objects.size() * thresholds);
}

std::vector<double> packed(const JudgedImage& image) {
  std::vector<double> numbers{static_cast<double>(image.objects.size())};
  for (const auto& [category, count] : image.objects) {
    numbers.insert(numbers.end(), {static_cast<double>(category), static_cast<double>(count)});
  }
  for (const auto& one : image.detections) {
    numbers.insert(numbers.end(), {static_cast<double>(one.category), one.score, static_cast<double>(one.right),
                                   static_cast<double>(one.ignored)});
  }
  return numbers;
}

JudgedImage unpacked(std::span<const double> numbers) {
  JudgedImage image;
  if (numbers.empty()) return image;
  auto classes = static_cast<std::size_t>(numbers[0]);
  numbers = numbers.subspan(1);
  for (; classes > 0 && numbers.size() >= kPerClass; --classes, numbers = numbers.subspan(kPerClass)) {
    image.objects[static_cast<std::int64_t>(numbers[0])] = static_cast<std::int64_t>(numbers[1]);
  }
  for (; numbers.size() >= kPerDetection; numbers = numbers.subspan(kPerDetection)) {
    image.detections.push_back({static_cast<std::int64_t>(numbers[0]), numbers[1],
                                static_cast<std::uint32_t>(numbers[2]), static_cast<std::uint32_t>(numbers[3])});
  }
  return image;
}

}  // namespace quantrail
