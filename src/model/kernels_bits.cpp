#include <functional>
#include <limits>

#include "model/kernels_map.h"
#include "model/zip.h"

namespace quantrail {
namespace {

/// Shifts by as many bits as there are, or more, leave nothing.
template <class T>
T shifted(T value, T count, bool left) {
  if (count >= static_cast<T>(std::numeric_limits<T>::digits)) return 0;
  const auto wide = static_cast<std::uint64_t>(value);
  return static_cast<T>(left ? wide << count : wide >> count);
}

Status bit_shift(const KernelCall& call) {
  const bool left = string_attribute(call.view.node(), "direction", "") == "LEFT";
  return for_integer_type(call.input(0).type, [&](auto zero) -> Status {
    using T = std::make_unsigned_t<decltype(zero)>;
    Tensor& out = call.output();
    zip<T, T>(call.input(0), call.input(1), out.shape, reinterpret_cast<T*>(out.bytes.data()),
              [left](T value, T count) { return shifted(value, count, left); });
    return {};
  });
}

template <class Op>
Status bitwise(const KernelCall& call) {
  Tensor& out = call.output();
  for_storage(out.type, [&](auto unit) {
    using T = decltype(unit);
    zip<T, T>(call.input(0), call.input(1), out.shape, reinterpret_cast<T*>(out.bytes.data()),
              [](T a, T b) { return static_cast<T>(Op{}(a, b)); });
  });
  return {};
}

Status bitwise_not(const KernelCall& call) {
  const auto& in = call.input(0).bytes;
  std::transform(in.begin(), in.end(), call.output().bytes.begin(), [](std::byte bits) { return ~bits; });
  return {};
}

}  // namespace

void add_bit_kernels(Kernels& kernels) {
  kernels["BitShift"] = bit_shift;
  kernels["BitwiseAnd"] = bitwise<std::bit_and<>>;
  kernels["BitwiseOr"] = bitwise<std::bit_or<>>;
  kernels["BitwiseXor"] = bitwise<std::bit_xor<>>;
  kernels["BitwiseNot"] = bitwise_not;
}

}  // namespace quantrail
