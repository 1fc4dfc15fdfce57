"""The programs that the benchmarks measure, as a package would have them: built for release in build-release."""
import os
import subprocess
from pathlib import Path

BENCH = Path(__file__).resolve().parent
SOURCE = BENCH.parent.parent
BUILD = Path(os.environ.get('BUILD', SOURCE / 'build-release'))


def build(*targets):
    subprocess.run([SOURCE / 'tests' / 'install-packages', 'build', 'unit', 'bench'], check=True)
    if not (BUILD / 'build.ninja').exists():
        subprocess.run(['meson', 'setup', BUILD, SOURCE, '-Dbuildtype=release', '-Doptimization=s'], check=True,
                       stdout=subprocess.DEVNULL)
    subprocess.run(['ninja', '-C', BUILD, '--quiet', *targets], check=True)
