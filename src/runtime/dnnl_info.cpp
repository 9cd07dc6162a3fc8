#include "runtime/dnnl_isa.h"

#include <cstdlib>
#include <dnnl.hpp>
#include <string_view>

#include "runtime/kernels_tiles.h"
#include "runtime/plan.h"
#include "runtime/processor.h"

namespace quantrail {
namespace {

struct IsaClass {
  std::string_view name{};
  bool int8_exact = false;
};

IsaClass isa_class(dnnl::cpu_isa isa) {
  switch (isa) {
    case dnnl::cpu_isa::avx2: return {"avx2", false};
    case dnnl::cpu_isa::avx2_vnni: return {"avx2_vnni", true};
    case dnnl::cpu_isa::avx512_mic:
    case dnnl::cpu_isa::avx512_mic_4ops:
    case dnnl::cpu_isa::avx512_core: return {"avx512", false};
    case dnnl::cpu_isa::avx512_core_vnni:
    case dnnl::cpu_isa::avx512_core_bf16: return {"avx512_vnni", true};
    case dnnl::cpu_isa::avx512_core_amx: return {"avx512_amx", true};
    default: return {"sse41", false};
  }
}

/// Unless the user's environment limits instruction sets to less, or in words that only oneDNN knows.
bool tiles_are_allowed() {
  for (const auto* variable : {"ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"}) {
    const char* limit = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nothing sets it
    if (limit != nullptr) return std::string_view(limit) == "ALL" || std::string_view(limit) == "AVX512_CORE_AMX";
  }
  return true;
}

/// What the processor has, as far as the user allows it.
dnnl::cpu_isa allowed_isa() {
  static const dnnl::cpu_isa kAllowed = [] {
    if (!tiles_are_allowed()) return dnnl::get_effective_cpu_isa();
    // Before anything else is asked of oneDNN, which fixes what it may use at the first question.
    dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx512_core_bf16);
    return kernels::has_amx() ? dnnl::cpu_isa::avx512_core_amx : dnnl::get_effective_cpu_isa();
  }();
  return kAllowed;
}

}  // namespace

void limit_onednn() { (void)allowed_isa(); }

RuntimeInfo runtime_info() {
  const auto* version = dnnl::version();
  const auto isa = isa_class(allowed_isa());
  RuntimeInfo info;
  info.backend = fmt::format("oneDNN {}.{}.{}", version->major, version->minor, version->patch);
  info.isa = isa.name;
  info.int8_exact = isa.int8_exact;
  info.tiles = isa.name == "avx512_amx" && kernels::has_amx();
  info.wide_tiles = (isa.name == "avx2" || isa.name == "avx512") && kernels::has_avx2();
  return info;
}

Processor processor_here() {
  const RuntimeInfo info = runtime_info();
  return {info.int8_exact, info.wide_tiles};
}

}  // namespace quantrail
