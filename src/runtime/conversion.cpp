#include "runtime/conversion.h"

#include <span>

#include "runtime/kernels_layout.h"
#include "runtime/kernels_quantize.h"
#include "runtime/shared_work.h"

namespace quantrail {
namespace {

template <class T>
std::span<const T> source_span(const std::byte* data, std::size_t count) {
  return {reinterpret_cast<const T*>(data), count};
}

template <class T>
std::span<T> target_span(std::byte* data, std::size_t count) {
  return {reinterpret_cast<T*>(data), count};
}

template <class T>
void move_axes(const Conversion& c, const std::byte* source, std::byte* target, std::size_t count) {
  const auto from = source_span<T>(source, count);
  const auto to = target_span<T>(target, count);
  if (c.to.layout == Layout::ChannelsLast)
    kernels::to_channels_last(from, channels_of(c.shape), to);
  else
    kernels::to_channels_first(from, channels_of(c.shape), to);
}

void quantize(const Conversion& c, std::span<const float> from, std::span<std::uint8_t> to) {
  if (c.from.layout == c.to.layout)
    kernels::quantize(from, c.params, to);
  else
    kernels::quantize_to_channels_last(from, channels_of(c.shape), c.params, to);
}

void dequantize(const Conversion& c, std::span<const std::uint8_t> from, std::span<float> to) {
  if (c.from.layout == c.to.layout)
    kernels::dequantize(from, c.params, to);
  else
    kernels::dequantize_to_channels_first(from, channels_of(c.shape), c.params, to);
}

}  // namespace

bool in_one_pass(const Form& from, const Form& to) {
  if (from.numeric == to.numeric || from.layout == to.layout) return true;
  if (to.numeric == Numeric::Codes) return to.layout == Layout::ChannelsLast;
  return from.numeric == Numeric::Codes && to.layout == Layout::Plain;
}

namespace {

void apply_alone(const Conversion& c, const std::byte* source, std::byte* target) {
  const auto count = static_cast<std::size_t>(element_count(c.shape));
  if (c.from.numeric == c.to.numeric) {
    if (c.from.numeric == Numeric::Codes)
      move_axes<std::uint8_t>(c, source, target, count);
    else
      move_axes<float>(c, source, target, count);
  } else if (c.to.numeric == Numeric::Codes) {
    quantize(c, source_span<float>(source, count), target_span<std::uint8_t>(target, count));
  } else if (c.from.numeric == Numeric::Codes) {
    dequantize(c, source_span<std::uint8_t>(source, count), target_span<float>(target, count));
  } else {
    kernels::fake_quantize(source_span<float>(source, count), c.params, target_span<float>(target, count));
  }
}

}  // namespace

void apply(const Conversion& c, const std::byte* source, std::byte* target, std::size_t threads) {
  if (threads == 1 || c.from.layout != c.to.layout) return apply_alone(c, source, target);
  const auto bytes = [](const Form& form) {
    return form.numeric == Numeric::Codes ? sizeof(std::uint8_t) : sizeof(float);
  };
  shared_elements(threads, static_cast<std::size_t>(element_count(c.shape)), [&](std::size_t first, std::size_t last) {
    Conversion part = c;
    part.shape = {static_cast<std::int64_t>(last - first)};
    apply_alone(part, source + first * bytes(c.from), target + first * bytes(c.to));
  });
}

}  // namespace quantrail
