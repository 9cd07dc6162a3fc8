#include <algorithm>
#include <limits>

#include "model/kernels.h"
#include "model/numbers.h"
#include "model/zip.h"

namespace quantrail {
namespace {

using Flag = std::uint8_t;  // a bool as it is stored: 0 or 1

Flag* flags(Tensor& tensor) { return reinterpret_cast<Flag*>(tensor.bytes.data()); }

template <class Op>
Status compare(const KernelCall& call) {
  const Tensor& a = call.input(0);
  Tensor& out = call.output();
  if (a.type == ElementType::Bool) {
    zip<Flag, Flag>(a, call.input(1), out.shape, flags(out),
                    [](Flag x, Flag y) { return static_cast<Flag>(Op{}(x, y)); });
    return {};
  }
  return for_number_type(a.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    zip<T, T>(a, call.input(1), out.shape, flags(out), [](T x, T y) { return static_cast<Flag>(Op{}(x, y)); });
    return {};
  });
}

template <class Op>
Status logic(const KernelCall& call) {
  Tensor& out = call.output();
  zip<Flag, Flag>(call.input(0), call.input(1), out.shape, flags(out),
                  [](Flag x, Flag y) { return static_cast<Flag>(Op{}(x, y)); });
  return {};
}

Status negate(const KernelCall& call) {
  const auto& in = call.input(0).bytes;
  std::transform(in.begin(), in.end(), call.output().bytes.begin(), [](std::byte flag) { return flag ^ std::byte{1}; });
  return {};
}

template <class Test>
Status tested(const KernelCall& call, Test test) {
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    const auto in = call.input(0).values<decltype(zero)>();
    std::transform(in.begin(), in.end(), flags(call.output()), [&](auto x) { return static_cast<Flag>(test(x)); });
    return {};
  });
}

Status is_nan(const KernelCall& call) {
  return tested(call, [](auto x) { return x != x; });
}

Status is_infinite(const KernelCall& call) {
  const bool negative = call.view.integer("detect_negative", 1) != 0;
  const bool positive = call.view.integer("detect_positive", 1) != 0;
  return tested(call, [negative, positive](auto x) {
    using Limits = std::numeric_limits<decltype(x)>;
    return Limits::has_infinity && ((positive && x == Limits::infinity()) || (negative && x == -Limits::infinity()));
  });
}

template <class Unit>
void select(const KernelCall& call) {
  Tensor& out = call.output();
  const auto* flag = reinterpret_cast<const Flag*>(call.input(0).bytes.data());
  const auto* yes = reinterpret_cast<const Unit*>(call.input(1).bytes.data());
  const auto* no = reinterpret_cast<const Unit*>(call.input(2).bytes.data());
  auto* to = reinterpret_cast<Unit*>(out.bytes.data());
  const auto strides = [&](std::size_t input) { return broadcast_strides(call.input(input).shape, out.shape); };
  for_each_row<3>(
      out.shape, {strides(0), strides(1), strides(2)}, [&](const auto& offsets, std::int64_t count, const auto& steps) {
        for (std::int64_t at = 0; at < count; ++at) {
          *to++ =
              flag[offsets[0] + at * steps[0]] != 0 ? yes[offsets[1] + at * steps[1]] : no[offsets[2] + at * steps[2]];
        }
      });
}

Status where(const KernelCall& call) {
  for_storage(call.output().type, [&](auto unit) { select<decltype(unit)>(call); });
  return {};
}

}  // namespace

void add_logic_kernels(Kernels& kernels) {
  kernels["Equal"] = compare<std::equal_to<>>;
  kernels["Less"] = compare<std::less<>>;
  kernels["LessOrEqual"] = compare<std::less_equal<>>;
  kernels["Greater"] = compare<std::greater<>>;
  kernels["GreaterOrEqual"] = compare<std::greater_equal<>>;
  kernels["And"] = logic<std::bit_and<>>;
  kernels["Or"] = logic<std::bit_or<>>;
  kernels["Xor"] = logic<std::bit_xor<>>;
  kernels["Not"] = {negate, kAsStored};
  kernels["IsNaN"] = is_nan;
  kernels["IsInf"] = is_infinite;
  kernels["Where"] = {where, kAsStored};
}

}  // namespace quantrail
