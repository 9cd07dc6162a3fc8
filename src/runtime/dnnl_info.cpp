#include <dnnl.hpp>

#include "runtime/kernels_tiles.h"
#include "runtime/plan.h"

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

}  // namespace

RuntimeInfo runtime_info() {
  const auto* version = dnnl::version();
  const auto isa = isa_class(dnnl::get_effective_cpu_isa());
  RuntimeInfo info;
  info.backend = fmt::format("oneDNN {}.{}.{}", version->major, version->minor, version->patch);
  info.isa = isa.name;
  info.int8_exact = isa.int8_exact;
  info.tiles = isa.name == "avx512_amx" && kernels::has_tiles();
  return info;
}

}  // namespace quantrail
