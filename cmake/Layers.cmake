# One static library per folder; DEPENDS names the layers below, LIBRARIES what its adapters link privately.
# A layer sees its own sources' root (src/ for the core) and nothing of tracking/, tui/ or app/ unless it names them.

add_library(quantrail_options INTERFACE)
target_compile_features(quantrail_options INTERFACE cxx_std_20)
# -Wno-restrict: g++ 12 warns falsely about std::string concatenation (PR 105651).
# The same rounding on every machine and at every vector width: no contraction into fused multiply-adds.
target_compile_options(quantrail_options INTERFACE -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -Wno-sign-conversion $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  $<$<BOOL:${QUANTRAIL_WERROR}>:-Werror>)
if(QUANTRAIL_SANITIZE)
  target_compile_options(quantrail_options INTERFACE -fsanitize=${QUANTRAIL_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(quantrail_options INTERFACE -fsanitize=${QUANTRAIL_SANITIZE})
  target_compile_definitions(quantrail_options INTERFACE QUANTRAIL_SANITIZED=1)
endif()

# Some files of a layer are compiled as one where the build is to be quick, since most of the time goes into the same
# headers; in the presets dev, asan and tsan each has to include what it uses. APART names files that name something as
# another does in its unnamed namespace.
option(QUANTRAIL_UNITY "Compile layers some files at a time" OFF)

function(quantrail_compile_together target)
  cmake_parse_arguments(ARG "" "" "APART" ${ARGN})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${QUANTRAIL_UNITY} UNITY_BUILD_BATCH_SIZE 6)
  if(QUANTRAIL_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)  # it takes a unit's unnamed namespaces for a header's
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
  foreach(file ${ARG_APART})
    set_property(SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/${file} PROPERTY SKIP_UNITY_BUILD_INCLUSION ON)
  endforeach()
endfunction()

# Where nothing is computed that anybody waits for, the most thorough optimisation only costs those who build.
function(quantrail_compile_quickly target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

function(quantrail_layer name)
  cmake_parse_arguments(ARG "QUICKLY" "" "DEPENDS;LIBRARIES;APART" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp "")
    set(sources ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp)
  endif()
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  add_library(quantrail_${name} STATIC ${sources})
  quantrail_compile_together(quantrail_${name} APART ${ARG_APART})
  if(ARG_QUICKLY)
    quantrail_compile_quickly(quantrail_${name})
  endif()
  get_filename_component(root ${CMAKE_CURRENT_SOURCE_DIR} DIRECTORY)
  target_sources(quantrail_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${root} FILES ${headers})
  list(TRANSFORM ARG_DEPENDS PREPEND quantrail_ OUTPUT_VARIABLE layers)
  target_link_libraries(quantrail_${name} PUBLIC ${layers} quantrail_options fmt::fmt PRIVATE ${ARG_LIBRARIES})
endfunction()
