"""What phone and hub agree on, each thing written twice and held together by examples."""
