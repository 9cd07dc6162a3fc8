#pragma once

#include <algorithm>

#include "model/kernels.h"
#include "model/numbers.h"

namespace quantrail {

/// out[i] = f(in[i]); T is the element type of both.
template <class T, class F>
void map_elements(const KernelCall& call, F f) {
  const auto in = call.input(0).values<T>();
  std::transform(in.begin(), in.end(), call.output().values<T>().begin(), f);
}

/// A kernel of one function of one float: F{}(x) for x of either float type.
template <class F>
Status float_function(const KernelCall& call) {
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    map_elements<decltype(zero)>(call, F{});
    return {};
  });
}

/// A kernel of a function that integers have, too.
template <class F>
Status number_function(const KernelCall& call) {
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    map_elements<decltype(zero)>(call, F{});
    return {};
  });
}

/// A kernel of a float function with attributes: `make` reads them from the node and returns a callable.
template <auto make>
Status function_with_attributes(const KernelCall& call) {
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    map_elements<decltype(zero)>(call, make(call.view.node()));
    return {};
  });
}

}  // namespace quantrail
