#include <limits>

#include "base/text.h"
#include "model/expanders.h"

namespace quantrail {
namespace {

constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();

/// Cosines and sines, which pairs of elements of each head are turned by.
struct Angles {
  std::string cos{};
  std::string sin{};
};

/// The two elements of each pair.
struct Pairs {
  std::string first{};
  std::string second{};
};

Pairs pairs_of(Expansion& e, const std::string& turned, std::int64_t size, bool interleaved) {
  if (interleaved) return {e.sliced(turned, -1, 0, kEnd, 2), e.sliced(turned, -1, 1, kEnd, 2)};
  const std::int64_t half = size / 2;
  return {e.sliced(turned, -1, 0, half), e.sliced(turned, -1, half, kEnd)};
}

/// Pairs to where their elements were.
std::string joined(Expansion& e, const Pairs& pairs, bool interleaved) {
  if (!interleaved) return e.add("Concat", {pairs.first, pairs.second}, {{"axis", std::int64_t{-1}}});
  const auto both =
      e.add("Concat", {e.unsqueezed(pairs.first, -1), e.unsqueezed(pairs.second, -1)}, {{"axis", std::int64_t{-1}}});
  return e.reshaped(both, {0, 0, 0, -1});
}

/// x [batch, two axes in either order for heads and positions, size].
std::string turned(Expansion& e, const std::string& x, const Angles& angles, std::int64_t size, std::int64_t head) {
  const bool interleaved = int_attribute(e.node(), "interleaved", 0) != 0;
  const bool whole = size == head;
  const auto pairs = pairs_of(e, whole ? x : e.sliced(x, -1, 0, size), size, interleaved);
  const auto first = e.add("Sub", {e.add("Mul", {pairs.first, angles.cos}), e.add("Mul", {pairs.second, angles.sin})});
  const auto second = e.add("Add", {e.add("Mul", {pairs.first, angles.sin}), e.add("Mul", {pairs.second, angles.cos})});
  const auto result = joined(e, {first, second}, interleaved);
  if (whole) return result;
  return e.add("Concat", {result, e.sliced(x, -1, size, kEnd)}, {{"axis", std::int64_t{-1}}});
}

/// Of caches [batch, positions, half], or by number of position from [any, half].
Angles angles_of(Expansion& e, std::size_t cos, std::size_t sin, const std::string& positions, bool heads_last) {
  const auto spread = [&](const std::string& cache) {
    const auto values = positions.empty() ? cache : e.add("Gather", {cache, positions}, {{"axis", std::int64_t{0}}});
    return e.unsqueezed(values, heads_last ? 2 : 1);
  };
  return {spread(e.input(cos)), spread(e.input(sin))};
}

/// Elements of each head, of which those in front are turned.
struct Sizes {
  std::int64_t turned = 0;
  std::int64_t head = -1;  ///< -1: not known
};

Result<Sizes> sizes_of(Expansion& e, std::int64_t heads, bool heads_last, std::size_t cos) {
  const auto shape = e.shape(e.input(0));
  Sizes sizes{int_attribute(e.node(), "rotary_embedding_dim", 0)};
  if (shape) sizes.head = shape->back();
  if (heads_last && sizes.head >= 0) {
    if (sizes.head % heads != 0)
      return fail(Cause::InvalidInput, "{} elements are not those of {} heads", sizes.head, heads);
    sizes.head /= heads;
  }
  const auto cache = e.shape(e.input(cos));
  if (sizes.turned == 0) sizes.turned = sizes.head;
  if (sizes.turned < 0 && cache && !cache->empty() && cache->back() >= 0) sizes.turned = 2 * cache->back();
  if (sizes.turned < 0) return fail(Cause::Unsupported, "the size of its heads is open, a fixed one is needed");
  const bool fits = sizes.turned > 0 && sizes.turned % 2 == 0 && (sizes.head < 0 || sizes.turned <= sizes.head);
  if (!fits) return fail(Cause::InvalidInput, "cannot turn {} of {} elements of a head", sizes.turned, sizes.head);
  return sizes;
}

Expanded rotary(Expansion& e, std::size_t cos, std::size_t sin, const std::string& positions) {
  const auto heads = int_attribute(e.node(), "num_heads", 0);
  const auto shape = e.shape(e.input(0));
  const bool flat = shape ? shape->size() == 3 : heads > 0;  // [batch, positions, heads * size]
  if (shape && shape->size() != 3 && shape->size() != 4)
    return fail(Cause::InvalidInput, "has an input of {} axes, 3 and 4 are allowed", shape->size());
  if (flat && heads < 1) return fail(Cause::InvalidInput, "needs num_heads for an input of three axes");
  const auto sizes = sizes_of(e, heads, flat, cos);
  if (!sizes) return failed(sizes);
  const auto angles = angles_of(e, cos, sin, positions, flat);
  const auto x = flat ? e.reshaped(e.input(0), {0, 0, heads, -1}) : e.input(0);
  const auto result = turned(e, x, angles, sizes->turned, sizes->head);
  return e.plain(flat ? e.reshaped(result, {0, 0, -1}) : result);
}

Expanded onnx_rotary(Expansion& e) { return rotary(e, 1, 2, e.input(3)); }

/// Positions are numbers of each, or of the first alone.
Expanded foreign_rotary(Expansion& e) {
  if (int_attribute(e.node(), "is_packed_batching", 0) != 0)
    return fail(Cause::Unsupported, "packed batches are not supported");
  if (float_attribute(e.node(), "scale", 1.0F) != 1.0F) return fail(Cause::Unsupported, "a scale is not supported");
  const auto positions = e.shape(e.input(1));
  if (!positions || positions->size() != 2)
    return fail(Cause::Unsupported,
                "positions that are not numbered one by one ([batch, positions]) are not supported");
  return rotary(e, 2, 3, e.input(1));
}

/// Writes `update` into `past` from a place along `axis` on that each sample of the batch has for itself.
Expanded tensor_scatter(Expansion& e) {
  const auto past = e.shape(e.input(0));
  if (!past) return fail(Cause::Unsupported, "the rank of its input cannot be told");
  const auto rank = std::ssize(*past);
  auto axis = int_attribute(e.node(), "axis", -2);
  if (axis < 0) axis += rank;
  if (axis < 1 || axis >= rank)
    return fail(Cause::InvalidInput, "axis {} is not one behind the batch of {} axes",
                int_attribute(e.node(), "axis", -2), rank);
  const auto mode = string_attribute(e.node(), "mode", "linear");
  if (mode != "linear" && mode != "circular")
    return fail(Cause::InvalidInput, "mode '{}' is none, linear and circular are", printable(mode));
  const auto update = e.input(1);
  std::vector<std::int64_t> along(static_cast<std::size_t>(rank), 1);
  along[static_cast<std::size_t>(axis)] = -1;
  const auto length = e.size(update, static_cast<std::size_t>(axis));
  auto places = e.reshaped(e.add("Range", {e.integer(0), length, e.integer(1)}), along);
  if (e.has(2)) {
    std::vector<std::int64_t> by_sample(static_cast<std::size_t>(rank), 1);
    by_sample[0] = -1;
    places = e.add("Add", {places, e.reshaped(e.input(2), by_sample)});
  }
  if (mode == "circular") places = e.add("Mod", {places, e.size(e.input(0), static_cast<std::size_t>(axis))});
  const auto everywhere = e.add("Expand", {places, e.add("Shape", {update})});
  return e.plain(e.compute("ScatterElements", {e.input(0), everywhere, update}, {{"axis", axis}}));
}

}  // namespace

void add_position_expanders(Expanders& expanders) {
  expanders["RotaryEmbedding"] = {onnx_rotary, 3};
  expanders[foreign("RotaryEmbedding")] = {foreign_rotary, 4};
  expanders["TensorScatter"] = {tensor_scatter, 2};
}

}  // namespace quantrail
